import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { roomOf } from "../../room-of";
import type { ItemOf, TurnItem } from "../../turn-view/item";
import { turnView } from "../../turn-view/turn-view";
import { sendable } from "./sendable";
import { READER_GONE } from "./stop-without-reader";

/**
 * What is answered to one reader. A client that asks again may read a turn that its first request stops only now,
 * as nobody reads there any more: it is tried again for whoever does.
 */
export async function* answering(
  c: AppContext,
  turn: Turn,
  signal: AbortSignal,
): AsyncGenerator<TurnItem, void> {
  for (let next: Turn | undefined = turn; next; ) {
    const items = sendable(turnView(roomOf(c, turn.taskId), next, signal));
    next = undefined;
    for await (const item of items) {
      if (!isLeft(item) || signal.aborted) yield item;
      else next = await triedAgain(c, turn);
    }
  }
}

function isLeft(item: TurnItem): item is ItemOf<"ended"> {
  return item.type === "ended" && item.status === "INTERRUPTED" && item.reason === READER_GONE;
}

/** The turn, which was stopped, as it is to be worked on again; another reader may have seen to that. */
export async function triedAgain(c: AppContext, { taskId, id }: Turn): Promise<Turn> {
  const { principal } = c.var;
  const room = () => taskRoom(c.env, taskId);
  const retried = await once(() => room().retryTurn(principal, id));
  if (retried.ok || retried.refusal.code !== "invalid_transition") return answerOf(retried);
  return answerOf(await twice(() => room().turn(principal, id)));
}
