import type { Fence } from "../../../engine/step/fence";
import type { Background } from "../../../engine/step/request";
import { type Room, waitingTurns } from "../../../engine/turn/room";
import { LIMITS } from "../../../protocol/limits";
import type { RoomStore } from "../store/room-store";

/** Older messages that are read for a model's context, at most; its window cuts further. */
const CONTEXT = { limit: 500, bytes: LIMITS.pageBytes };

/** What a step goes on from: its thread besides the turn itself and those that wait, and its turn's results. */
export async function backgroundOf(
  room: Room | undefined,
  store: Pick<RoomStore, "messages" | "turns" | "toolValues" | "parts">,
  { turnId, step }: Pick<Fence, "turnId" | "step">,
): Promise<Background> {
  const turn = room?.state.openTurns.find(({ id }) => id === turnId);
  if (!room || !turn) return { history: [], outputs: new Map(), rounds: [], parts: new Map() };
  const left = new Set([turnId, ...waitingTurns(room).map(({ id }) => id)]);
  const history = store.messages
    .read({ threadId: turn.threadId }, CONTEXT)
    .items.filter((message) => !left.has(message.turnId));
  const stream = room.state.streams.find((one) => one.turnId === turnId && one.step === step);
  const rounds = store.toolValues.whole({ turnId, step }, stream?.rounds ?? []);
  const run = turn.steps.find((one) => one.step === step)?.run ?? 1;
  const firstRun = room.runs[turnId]?.steps[step]?.firstRun ?? run;
  const parts = store.parts.of(turnId, step, firstRun);
  return { history, outputs: store.turns.outputs(turn), rounds, parts };
}
