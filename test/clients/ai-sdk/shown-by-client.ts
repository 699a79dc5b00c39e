import { readUIMessageStream, type UIMessage, type UIMessageChunk } from "ai";
import type { UiChunk } from "../../../src/faces/ai-sdk/chunk";
import { type GoesOn, uiStream } from "../../../src/faces/ai-sdk/stream/ui-stream";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import type { Turn } from "../../../src/protocol/turn";

/** Under which its files are. */
export const ORIGIN = "https://rooms.test";

/** All chunks that a turn's items give a client that comes now. */
export async function chunksOf(
  items: readonly TurnItem[],
  turn: Turn,
  goesOn?: GoesOn,
): Promise<UiChunk[]> {
  const chunks: UiChunk[] = [];
  const reader = { origin: ORIGIN, goesOn };
  for await (const some of uiStream(each(items), turn, reader)) chunks.push(...some);
  return chunks;
}

async function* each(items: readonly TurnItem[]): AsyncGenerator<TurnItem, void> {
  yield* items;
}

/** The message that the real client makes of chunks; `message` is what it has. */
export async function shownBy(chunks: readonly UiChunk[], message?: UIMessage): Promise<UIMessage> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      // What ends in an `error` is shown as far as it came.
      for (const chunk of chunks) if (chunk.type !== "error") controller.enqueue(chunk);
      controller.close();
    },
  });
  let last = message;
  const onError = (error: unknown) => {
    throw error;
  };
  const states = readUIMessageStream({
    stream,
    terminateOnError: true,
    onError,
    ...(message && { message }),
  });
  for await (const state of states) last = state;
  if (!last) throw new Error("nothing was shown");
  return plain(last);
}

/** Members without a value are none. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
