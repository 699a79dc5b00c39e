import { streamUses } from "../../src/client/index";
import type { RoomState } from "../../src/protocol/room-state";
import { brief } from "./brief";

/** What a turn waits to be told: whether a tool may be called, or a step begun. */
export type Question = {
  key: string;
  turnId: string;
  step: string;
  toolCallId?: string;
  /** Where the call is: its id may repeat. */
  round?: number;
  index?: number;
  text: string;
};

export type Answer = { approve: boolean; note?: string };

/** What the room asks of whoever may act in it, the oldest first. */
export function questionsOf(room: RoomState | undefined): Question[] {
  const turn = room?.openTurns.find(({ status }) => status === "WAITING");
  const step = turn?.steps.find(({ status }) => status === "WAITING");
  if (!room || !turn || !step || room.task.role === "viewer") return [];
  const place = { turnId: turn.id, step: step.step };
  const open = streamUses(room.streams.find(({ turnId }) => turnId === turn.id) ?? {}).filter(
    ({ output, error, approval, where }) =>
      output === undefined && error === undefined && (approval === "asked" || where === "client"),
  );
  if (open.length === 0) {
    const key = `${turn.id} ${step.step} ${step.run}`;
    return [{ ...place, key, text: `May ${step.phase} begin?` }];
  }
  return open
    .filter(({ approval }) => approval === "asked")
    .map(({ round, index, toolCallId, name, input }) => ({
      ...{ ...place, toolCallId, round, index },
      key: `${turn.id} ${step.step} ${round} ${index}`,
      text: `May ${name} be called with ${brief(input)}?`,
    }));
}

/** `y` or `n`, and whatever follows as a note; nothing where a line is neither. */
export function readAnswer(line: string): Answer | undefined {
  const [, word, note = ""] = /^(y|yes|n|no)(?:[\s,:]+(.*))?$/is.exec(line.trim()) ?? [];
  if (word === undefined) return undefined;
  const said = note.trim();
  return { approve: /^y/i.test(word), ...(said && { note: said }) };
}
