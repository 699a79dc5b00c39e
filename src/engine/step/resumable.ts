import { jsonBytes } from "../../protocol/bytes";
import type { JsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { Stream, StreamRound } from "../../protocol/room-state";
import { BETWEEN, textOf, thinkingOf } from "../../protocol/tools/rounds";
import type { Step, Turn } from "../../protocol/turn";
import type { Draft } from "../turn/draft";
import type { Fence } from "./fence";
import { settleFiles } from "./kept-files";

/**
 * What a running attempt has said so far stays, as a round without calls that grows: its event has what is
 * new. A text that is too long to be kept twice leaves the next attempt to go on from the last that was kept.
 */
export function keepResumable(
  draft: Draft,
  { turn, step }: { turn: Turn; step: Step },
  memo: JsonValue,
): void {
  const stream = draft.stream(turn.id);
  if (!stream) return;
  const { rounds = [] } = stream;
  const last = rounds.at(-1);
  const known = last?.bot === step.bot ? last : undefined;
  const text = ownText(stream, known ? rounds.slice(0, -1) : rounds);
  const thinking = stream.thinking.slice(thinkingOf(rounds).length);
  const kept = [text, known?.thinking ?? "", thinking];
  if (jsonBytes(kept) > LIMITS.resumeTextBytes) return;
  const { messageId, attempt } = stream;
  const round = known?.round ?? rounds.length;
  const place = { turnId: turn.id, step: step.step };
  noteBeginning(draft, place);
  settleFiles(draft, place, step.bot);
  draft.keepValue({ ...place, round, index: -1, kind: "memo", value: memo });
  const offset = known?.text.length;
  draft.emit({
    type: "chat:round",
    data: {
      ...{ turnId: turn.id, messageId, attempt, round, bot: step.bot },
      text: text.slice(offset),
      ...(thinking !== "" && { thinking }),
      calls: [],
      ...(offset !== undefined && { offset }),
    },
  });
}

/** What was said after other rounds; white space alone counts as nothing, as in any round. */
function ownText({ text }: Stream, others: readonly StreamRound[]): string {
  const before = textOf(others);
  const after = text.slice(before.length);
  const own = before !== "" && after.startsWith(BETWEEN) ? after.slice(BETWEEN.length) : after;
  return /\S/.test(own) ? own : "";
}

/** From here on the log has what the next attempt goes on from. */
export function noteBeginning(draft: Draft, { turnId, step }: Omit<Fence, "attempt">): void {
  const stepRun = draft.stepRun(turnId, step);
  if (stepRun.roundsFrom !== undefined) return;
  draft.setStepRun(turnId, step, { ...stepRun, roundsFrom: draft.nextSeq });
}
