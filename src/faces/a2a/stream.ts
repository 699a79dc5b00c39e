import type { RpcId } from "../../operations/a2a/envelope";
import type { AppContext } from "../../worker/context";
import { eventStream } from "../../worker/streams/event-stream";
import { withHistory } from "./history";
import { type Begun, factsOf, itemsOf, responses } from "./reading";
import { TaskFrames } from "./task-frames";

export type Streaming = {
  id: RpcId;
  historyLength?: number | undefined;
  /** Whether it ends at once where somebody is to answer already. */
  asks: boolean;
};

/** A turn as the protocol streams it: each event an answer to the same request. */
export function streamed(c: AppContext, begun: Begun, streaming: Streaming): Response {
  const gone = new AbortController();
  return eventStream(texts(c, begun, { ...streaming, signal: gone.signal }), {
    leave: () => gone.abort(),
  });
}

async function* texts(
  c: AppContext,
  begun: Begun,
  { id, historyLength, asks, signal }: Streaming & { signal: AbortSignal },
): AsyncGenerator<string, void> {
  const frames = new TaskFrames(factsOf(c, begun), begun.turn);
  for await (const told of responses(frames, itemsOf(c, begun, signal), { asks })) {
    const result =
      "task" in told ? { task: await withHistory(c, begun, told.task, historyLength) } : told;
    yield `data: ${JSON.stringify({ jsonrpc: "2.0", id, result })}\n\n`;
  }
}
