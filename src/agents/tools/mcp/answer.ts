import { Overlong } from "../../model/refusal/model-fault";
import { EventReader } from "../../model/wire/event-reader";
import type { Fields } from "../../model/wire/json";
import { McpFault, tooLarge } from "./mcp-fault";
import { type RpcMessage, readMessages } from "./rpc-message";

/** Who hears what a server says before its answer. */
export type Hearing = {
  notified?(method: string, params: Fields): void;
  asked?(id: string | number, method: string): void;
};

/** UTF-16 units of a line that is kept. */
const WORDS_UNITS = 300;

type Answering = { body: ReadableStream<Uint8Array> | null; id: number; signal: AbortSignal };
export type Answer = Extract<RpcMessage, { kind: "result" | "error" }>;

/** Where a stream that has no answer yet may be gone on with; milliseconds. */
export type Mark = { id: string; retryMs: number | undefined };
/** `fault`: there was no answer. `words`: a line that is no message of the protocol, for matching only. */
export type AnswerRead =
  | { answer: Answer }
  | { fault: McpFault; mark: Mark | undefined; words: string };

/**
 * The answer to a request in the body of its response, be that an event stream or JSON, whatever it is
 * said to be. It ends the reading; a body that ends without it is a fault at once. Throws what is no end.
 */
export async function answerIn(
  { body, id, signal }: Answering,
  hearing: Hearing,
): Promise<AnswerRead> {
  let answer: Answer | undefined;
  let isForeign = false;
  let words = "";
  let last: string | undefined;
  let retryMs: number | undefined;
  const events = new EventReader({
    json(value) {
      for (const message of readMessages(value)) {
        if (answer) return;
        answer = answerTo(id, message);
        if (!answer) tell(message, hearing);
      }
    },
    text: (line) => {
      isForeign = true;
      words ||= line.slice(0, WORDS_UNITS);
    },
    done: () => undefined,
    broken: () => {
      isForeign = true;
    },
    mark: (at) => {
      last = at;
    },
    retry: (ms) => {
      retryMs = ms;
    },
  });
  const broken = await read({ body, signal }, events, () => answer !== undefined);
  if (answer) return { answer };
  const why = isForeign ? "answers with what is not MCP" : "ended its answer without a result";
  const mark = last === undefined ? undefined : { id: last, retryMs };
  return { fault: broken ?? new McpFault("no-result", why), mark, words };
}

/** Gives a fault where the connection broke. */
async function read(
  { body, signal }: Pick<Answering, "body" | "signal">,
  events: EventReader,
  isOver: () => boolean,
): Promise<McpFault | undefined> {
  const reader = body?.getReader();
  // Whatever becomes of the connection, nobody reads on.
  const stop = () => void reader?.cancel().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (reader && !isOver()) {
      const { done, value } = await reader.read();
      if (done) break;
      events.take(value);
    }
    events.end();
    return undefined;
  } catch (error) {
    if (error instanceof McpFault) throw error;
    if (error instanceof Overlong) throw tooLarge();
    return new McpFault("no-result", "broke off its answer");
  } finally {
    signal.removeEventListener("abort", stop);
    // A stream that stays open after the answer is nobody's to wait for.
    stop();
  }
}

/** Ids are compared as text, since some servers write numbers so; one without is to what was asked. */
function answerTo(id: number, message: RpcMessage): Answer | undefined {
  if (message.kind !== "result" && message.kind !== "error") return undefined;
  const isOurs = message.id === undefined || message.id === null || String(message.id) === `${id}`;
  return isOurs ? message : undefined;
}

function tell(message: RpcMessage, hearing: Hearing): void {
  if (message.kind === "notification") hearing.notified?.(message.method, message.params);
  else if (message.kind === "request") hearing.asked?.(message.id, message.method);
}
