import type { AppContext } from "../../../worker/context";
import { refusalOf } from "../../../worker/middleware/errors";
import { publicOrigin } from "../../../worker/public-url";
import { roomOf } from "../../room-of";
import { turnView } from "../../turn-view/turn-view";
import type { AskedTurn } from "../chat/asked-turn";
import type { UiChunk } from "../chunk";
import { wordsOf } from "../refusal-words";
import { uiStream } from "./ui-stream";

/** A turn as chunks, for as long as the signal lets it; a failure on the way is told as the last. */
export async function* told(
  c: AppContext,
  { turn, goesOn }: AskedTurn,
  signal: AbortSignal,
): AsyncGenerator<UiChunk[], void> {
  try {
    const items = turnView(roomOf(c, turn.taskId), turn, signal);
    yield* uiStream(items, turn, { origin: publicOrigin(c), goesOn });
  } catch (error) {
    if (signal.aborted) return;
    yield [{ type: "error", errorText: wordsOf(refusalOf(error, c)) }];
  }
}
