import type { Background } from "../../../engine/step/request";
import { type Room, waitingTurns } from "../../../engine/turn/room";
import type { RoomStore } from "../store/room-store";

/** At most this many older messages are read for a model's context; its window cuts further. */
const CONTEXT_MESSAGES = 500;

/** What a step goes on from: its thread besides the turn itself and those that wait, and its turn's results. */
export async function backgroundOf(
  room: Room | undefined,
  store: Pick<RoomStore, "messages" | "turns">,
  turnId: string,
): Promise<Background> {
  const turn = room?.state.openTurns.find(({ id }) => id === turnId);
  if (!room || !turn) return { history: [], outputs: new Map() };
  const left = new Set([turnId, ...waitingTurns(room).map(({ id }) => id)]);
  const history = store.messages
    .read({ threadId: turn.threadId }, { limit: CONTEXT_MESSAGES })
    .filter((message) => !left.has(message.turnId));
  return { history, outputs: store.turns.outputs(turnId) };
}
