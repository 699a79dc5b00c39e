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

type Answering = { body: ReadableStream<Uint8Array> | null; id: number; signal: AbortSignal };
type Answer = Extract<RpcMessage, { kind: "result" | "error" }>;

/**
 * The answer to a request in the body of its response, be that an event stream or JSON, whatever it is
 * said to be. It ends the reading; a body that ends without it is a fault at once.
 */
export async function answerIn({ body, id, signal }: Answering, hearing: Hearing): Promise<Answer> {
  let answer: Answer | undefined;
  let isForeign = false;
  const events = new EventReader({
    json(value) {
      for (const message of readMessages(value)) {
        if (answer) return;
        answer = answerTo(id, message);
        if (!answer) tell(message, hearing);
      }
    },
    text: () => {
      isForeign = true;
    },
    done: () => undefined,
    broken: () => {
      isForeign = true;
    },
  });
  await read({ body, signal }, events, () => answer !== undefined);
  if (answer) return answer;
  throw new McpFault(
    "no-result",
    isForeign ? "answers with what is not MCP" : "ended its answer without a result",
  );
}

async function read(
  { body, signal }: Pick<Answering, "body" | "signal">,
  events: EventReader,
  isOver: () => boolean,
): Promise<void> {
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
  } catch (error) {
    if (error instanceof McpFault) throw error;
    throw error instanceof Overlong
      ? tooLarge()
      : new McpFault("no-result", "broke off its answer");
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
