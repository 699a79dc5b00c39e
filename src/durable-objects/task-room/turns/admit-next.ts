import { refuseBegin, unpaidTurn } from "../../../engine/turn/begin";
import type { Draft } from "../../../engine/turn/draft";
import type { Room } from "../../../engine/turn/room";
import { refusalAtBegin } from "../commands/quota";
import type { Doors } from "../doors";

type Parts = {
  doors: Doors;
  readonly room: Room | undefined;
  /** Decides a rule and commits it. */
  perform(rule: (draft: Draft) => void): void;
};

/**
 * Has the queue's next turn admitted by its user's meter, where nobody has asked that yet; gives its
 * id. One that is not admitted is closed. Rejects where the meter cannot be asked: the turn waits.
 */
export async function admitNext(parts: Parts): Promise<string | undefined> {
  const { doors, room } = parts;
  const turn = room && unpaidTurn(room);
  if (!turn) return undefined;
  const refusal = await refusalAtBegin(doors, { ...turn, taskId: room.state.task.id });
  if (!refusal) return turn.turnId;
  parts.perform((draft) => refuseBegin(draft, turn.turnId, refusal));
  return undefined;
}
