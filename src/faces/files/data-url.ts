import { bytesOfBase64 } from "../../platform/base64";

export type DataUrl = { mediaType: string; bytes: Uint8Array<ArrayBuffer> };

const HEAD = /^data:([^,]*?)(;\s*base64\s*)?,/i;
/** RFC 2397, where nothing is said. */
const PLAIN = "text/plain";

export function isDataUrl(url: string): boolean {
  return /^data:/i.test(url);
}

/** The type and bytes that a `data:` URL stands for (RFC 2397); nothing where it is none. */
export function readDataUrl(url: string): DataUrl | undefined {
  // Of its beginning alone: the rest may be megabytes.
  const [head, said = "", isBase64] = HEAD.exec(url.slice(0, HEAD_CHARS)) ?? [];
  if (head === undefined) return undefined;
  const rest = url.slice(head.length);
  const bytes = isBase64 === undefined ? unescaped(rest) : bytesOfBase64(plainBase64(rest));
  const [type = ""] = said.split(";");
  return bytes && { mediaType: type.trim().toLowerCase() || PLAIN, bytes };
}

const HEAD_CHARS = 1024;

function plainBase64(text: string): string {
  return text.includes("%") ? (decoded(text) ?? "?") : text;
}

function unescaped(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(new TextEncoder().encode(text));
  let length = 0;
  for (let from = 0; from < bytes.length; from++) {
    let byte = bytes[from] ?? 0;
    if (byte === PERCENT) {
      const hex = String.fromCharCode(bytes[from + 1] ?? 0, bytes[from + 2] ?? 0);
      if (!/^[0-9a-f]{2}$/i.test(hex)) return undefined;
      byte = Number.parseInt(hex, 16);
      from += 2;
    }
    bytes[length++] = byte;
  }
  return bytes.slice(0, length);
}

const PERCENT = "%".charCodeAt(0);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
