import { createParser, type EventSourceMessage } from "eventsource-parser";
import { ByteBound, FOREIGN_EVENT_BYTES } from "../../platform/byte-bound";
import { LIMITS } from "../../protocol/limits";
import { MalformedAnswer } from "./agent-failure";

/** Bytes of a whole event stream: ten hours of a progress event per second, no flood. */
const STREAM_BYTES = 64 * 1024 * 1024;
/** Units fed to the parser at once: it checks its bound, and scans for line ends, per feed. */
const SLICE_UNITS = 4096;
/** UTF-16 units, or bytes, of the longest event: a file in base64 and what stands around it. */
export const EVENT_UNITS = Math.ceil(LIMITS.sentFileBytes / 3) * 4 + LIMITS.resultBytes;

export type ServerEvent = { name: string | undefined; data: string };

/** An agent's answer in one piece, by default at most as large as a result. Throws `MalformedAnswer`. */
export async function wholeText(
  response: Response,
  limitBytes: number = LIMITS.resultBytes,
): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of decoded(response, limitBytes)) pieces.push(piece);
  return pieces.join("");
}

/**
 * The events of an agent's stream, comments left out. Throws `MalformedAnswer`. `mayBeFile`: which may be
 * larger than a result.
 */
export async function* serverEvents(
  response: Response,
  mayBeFile: (name: string | undefined) => boolean = (name) => name === "file",
): AsyncGenerator<ServerEvent, void> {
  const events: EventSourceMessage[] = [];
  let tooLarge = false;
  const parser = createParser({
    maxBufferSize: EVENT_UNITS,
    onEvent: (event) => events.push(event),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") tooLarge = true;
    },
  });
  for await (const text of decoded(response, STREAM_BYTES)) {
    for (let at = 0; at < text.length && !tooLarge; at += SLICE_UNITS) {
      parser.feed(text.slice(at, at + SLICE_UNITS));
      for (const { event, data } of events.splice(0)) {
        if (!mayBeFile(event) && data.length > LIMITS.resultBytes)
          throw oversized(LIMITS.resultBytes);
        yield { name: event, data };
      }
    }
    if (tooLarge) throw oversized(EVENT_UNITS);
  }
}

async function* decoded({ body }: Response, limitBytes: number): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  // The parser's bound is for what it gathers; comments and empty events it only passes over.
  const bound = new ByteBound({ eventBytes: FOREIGN_EVENT_BYTES, streamBytes: limitBytes });
  if (!body) return;
  for await (const chunk of body) {
    if (!bound.holds(chunk)) throw oversized(Math.min(limitBytes, FOREIGN_EVENT_BYTES));
    yield textOf(() => decoder.decode(chunk, { stream: true }));
  }
  yield textOf(() => decoder.decode());
}

function textOf(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new MalformedAnswer("The agent's answer is not UTF-8.");
  }
}

function oversized(bytes: number): MalformedAnswer {
  return new MalformedAnswer(
    `The agent's answer, or an event of it, is larger than ${bytes} bytes.`,
  );
}
