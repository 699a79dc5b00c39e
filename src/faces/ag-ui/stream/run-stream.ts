import type { TurnItem } from "../../turn-view/item";
import { standing } from "../../turn-view/standing";
import type { AgUiEvent } from "../event";
import { ignored } from "./asides";
import { type Run, RunEvents } from "./run-events";

/** A run of a turn's items: what stands by now at once, then what happens, until it is over or waits. */
export async function* runStream(
  items: AsyncIterable<TurnItem>,
  run: Run,
  unread: readonly string[] = [],
): AsyncGenerator<AgUiEvent[], void> {
  const { threadId, runId } = run;
  yield [{ type: "RUN_STARTED", threadId, runId }, ...ignored(unread)];
  const events = new RunEvents(run);
  let past: TurnItem[] | undefined = [];
  for await (const item of items) {
    past?.push(item);
    if (!past) yield events.read(item);
    else if (item.type === "live" || item.type === "ended") {
      yield events.catchUp(standing(past));
      past = undefined;
    }
    if (events.isOver) return;
  }
}
