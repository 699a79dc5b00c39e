import { LIMITS } from "../../protocol/limits";
import type { Turn } from "../../protocol/turn";
import type { Draft } from "./draft";
import type { NewTurn } from "./queue";
import { type Room, waitingTurns } from "./room";
import { sayMessage } from "./user-message";

export type Joining = Pick<NewTurn, "author" | "content" | "threadId" | "clientTools" | "descent">;

/**
 * The waiting turn that a message joins with `onBusy: "merge"`: the last of its thread, where that is its
 * sender's, has never begun, and has room for the words. What comes after a turn of another is a turn of
 * its own, so that all keep their order.
 */
export function joinableTurn(room: Room, input: Joining): Turn | undefined {
  const turn = waitingTurns(room).findLast(({ threadId }) => threadId === input.threadId);
  const run = turn && room.runs[turn.id];
  if (!turn || !run || turn.regenerates !== undefined) return undefined;
  if (run.userId !== input.author.userId) return undefined;
  if (turn.steps.some(({ attempt }) => attempt > 0)) return undefined;
  const { joined = [], clientTools = [], descent } = run;
  const { clientTools: tools = clientTools } = input;
  // One turn has one set of tools, and is part of the work of one request.
  const isAlike = sameJson([tools, input.descent], [clientTools, descent]);
  const fits = joinedInput(run.input, input.content).length <= LIMITS.contentUnits;
  return isAlike && fits && joined.length < LIMITS.joinedMessages ? turn : undefined;
}

/** The message becomes a part of a turn that waits. */
export function joinTurn(
  draft: Draft,
  turn: Turn,
  input: NewTurn,
): { messageId: string; turnId: string } {
  const { messageId, content } = input;
  sayMessage(draft, { ...input, turnId: turn.id });
  const { input: before, joined = [] } = draft.run(turn.id);
  draft.setRun(turn.id, {
    input: joinedInput(before, content),
    joined: [...joined, messageId],
  });
  return { messageId, turnId: turn.id };
}

/** What several messages say to a model, as paragraphs. */
function joinedInput(before: string, content: string): string {
  return [before, content].filter((text) => text !== "").join("\n\n");
}

export function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
