import type { StreamCall } from "../../protocol/room-state";
import type { MemberPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";
import type { Fence } from "./fence";
import { mayGoOn } from "./resumable";

/**
 * A turn that is tried again has lost its stream when it ended. What its last run has done is said
 * once more, so that the log alone gives every client what the attempt goes on from; whether that is anything.
 */
export function repeatRounds(
  draft: Draft,
  fence: Fence,
  { messageId, run, agent }: { messageId: string; run: number; agent: MemberPlan["agent"] },
): boolean {
  const { turnId, step, attempt } = fence;
  const rounds = draft.context.roundsLeft(turnId, step).filter((round) => mayGoOn(round, agent));
  if (rounds.length === 0) return false;
  draft.setStepRun(turnId, step, {
    ...draft.stepRun(turnId, step),
    roundsFrom: draft.nextSeq,
  });
  const place = { turnId, messageId, attempt };
  for (const { round, calls, usage, ...said } of rounds) {
    // What it cost was counted when it was made. The last release did not keep by which run that was.
    const data = { ...place, run: run - 1, ...said, round, calls: calls.map(planned) };
    draft.emit({ type: "chat:round", data });
    for (const call of calls) repeatCall(draft, { ...fence, messageId, round }, call);
  }
  return true;
}

function planned({ index, toolCallId, name, input, cut }: StreamCall) {
  return { index, toolCallId, name, input, ...(cut && { cut }) };
}

type Place = Fence & { messageId: string; round: number };

function repeatCall(draft: Draft, { step, ...place }: Place, call: StreamCall): void {
  const { isMade, where, output, error, refused, approval, ...rest } = call;
  const { attempt, ...askedAt } = place;
  if (approval === "given" || approval === "refused") {
    const { input, cut, ...named } = rest;
    const data = { ...askedAt, step, ...named, approve: approval === "given", by: "system" };
    draft.emit({ type: "tool:decision", data });
  }
  if (isMade)
    draft.emit({ type: "tool:call", data: { ...place, ...rest, ...(where && { where }) } });
  const outcome = {
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(approval === "refused" && { refused: true as const }),
  };
  const { input, cut, ...named } = rest;
  if (Object.keys(outcome).length === 0) return;
  draft.emit({
    type: "tool:result",
    data: { ...place, ...named, ...outcome, ...(cut && { cut }) },
  });
}
