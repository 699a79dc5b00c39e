import type { StreamCall, StreamRound } from "../../protocol/room-state";
import type { MemberPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";
import type { Fence } from "./fence";
import { mayGoOn } from "./may-go-on";

type Place = Fence & { messageId: string };

/** A turn that is tried again has lost its stream when it ended; what its last run did is kept apart. */
export function roundsBefore(
  draft: Draft,
  { turnId, step }: Fence,
  { run, agent }: { run: number; agent: MemberPlan["agent"] },
): StreamRound[] {
  const rounds = draft.context.roundsLeft(turnId, step).filter((round) => mayGoOn(round, agent));
  // The last release did not keep by which run one was made.
  return rounds.map((round) => ({ run: run - 1, ...round }));
}

/**
 * What an attempt goes on from is said once more where its stream has not just that, so that the log alone
 * gives it to every client.
 */
export function repeatRounds(draft: Draft, at: Place, rounds: readonly StreamRound[]): void {
  if (rounds.length === 0) return;
  const { step, ...place } = at;
  draft.setStepRun(at.turnId, step, {
    ...draft.stepRun(at.turnId, step),
    roundsFrom: draft.nextSeq,
  });
  for (const { round, calls, usage, ...said } of rounds) {
    // What it cost was counted when it was made.
    const data = { ...place, ...said, round, calls: calls.map(planned) };
    draft.emit({ type: "chat:round", data });
    for (const call of calls) repeatCall(draft, { ...at, round }, call);
  }
}

function planned({ index, toolCallId, name, input, cut }: StreamCall) {
  return { index, toolCallId, name, input, ...(cut && { cut }) };
}

function repeatCall(
  draft: Draft,
  { step, ...place }: Place & { round: number },
  call: StreamCall,
): void {
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
