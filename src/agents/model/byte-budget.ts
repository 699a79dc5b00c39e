import { LIMITS } from "../../protocol/limits";

type Bounds = { bytes: number; jsonBytes: number };

/**
 * What is left of an answer's bounds, for its text and its reasoning together: bytes of UTF-8, and bytes
 * of the same as JSON, where line ends and quotes take two and control characters six.
 */
export class ByteBudget {
  #bytes: number;
  #jsonBytes: number;

  constructor({ bytes, jsonBytes }: Bounds) {
    this.#bytes = bytes;
    this.#jsonBytes = jsonBytes;
  }

  /** For one answer, with `kept` bytes left for what is put after it. */
  static ofAnswer(kept = 0): ByteBudget {
    const { answerBytes, answerJsonBytes } = LIMITS;
    return new ByteBudget({ bytes: answerBytes - kept, jsonBytes: answerJsonBytes - kept });
  }

  /** Bytes as JSON that are left. */
  get leftAsJson(): number {
    return this.#jsonBytes;
  }

  /** Something else takes so many bytes as JSON. */
  charge(jsonBytes: number): void {
    this.#jsonBytes -= jsonBytes;
  }

  /** Takes as much of a text as is left room for, in whole characters; gives the length of that. */
  spend(text: string): number {
    let at = 0;
    while (at < text.length) {
      const code = text.codePointAt(at) ?? 0;
      const bytes = utf8BytesOf(code);
      const jsonBytes = bytes === 1 ? jsonBytesOf(code) : bytes;
      if (bytes > this.#bytes || jsonBytes > this.#jsonBytes) return at;
      this.#bytes -= bytes;
      this.#jsonBytes -= jsonBytes;
      at += code > 0xffff ? 2 : 1;
    }
    return at;
  }
}

function utf8BytesOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code > 0xffff ? 4 : 3;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Those that JSON writes with one letter: \b \t \n \f \r. */
const SHORT_ESCAPES = [0x08, 0x09, 0x0a, 0x0c, 0x0d];

/** Of an ASCII character. */
function jsonBytesOf(code: number): number {
  if (code >= 0x20) return code === QUOTE || code === BACKSLASH ? 2 : 1;
  return SHORT_ESCAPES.includes(code) ? 2 : 6;
}
