import { type Refusal, refuse } from "../../protocol/errors";
import type { JsonValue } from "../../protocol/json";
import type { StreamCall } from "../../protocol/room-state";
import { valuesLeft } from "../../protocol/tools/rounds";
import { shownValue } from "../../protocol/tools/shown-value";
import type { Turn } from "../../protocol/turn";
import { isOver, isWaiting } from "../fold/rounds-fold";
import type { Draft } from "../turn/draft";
import { goOnIfAnswered } from "./go-on";

type Answered = { turnId: string };
/** Which call is meant: without its place the first with the id that waits. */
type Named = { turnId: string; toolCallId: string; round?: number; index?: number };
type Found = { turn: Turn; step: string; messageId: string; round: number; call: StreamCall };

export type Decide = Named & {
  step?: string;
  approve: boolean;
  note?: string;
  by: string;
};

/** A person's yes or no to one call: a no is what the call gave, and the turn goes on. */
export function decideCall(draft: Draft, input: Decide): Refusal | Answered {
  const found = findCall(draft, input, ({ approval }) => approval === "asked");
  if ("code" in found) return found;
  const { approve, note, by } = input;
  const { turn, step, messageId, round, call } = found;
  const { index, toolCallId, name } = call;
  const named = { turnId: turn.id, messageId, round, index, toolCallId, name };
  draft.emit({
    type: "tool:decision",
    data: { ...named, step, approve, ...(note !== undefined && { note }), by },
  });
  if (!approve) {
    const why = note === undefined ? "" : `: ${note}`;
    const error = `A person did not approve of the call${why}.`;
    emitResult(draft, found, { error, refused: true });
  }
  goOnIfAnswered(draft, turn.id);
  return { turnId: turn.id };
}

export type Output = Named & { by: string; isOwner: boolean } & (
    | { output: JsonValue }
    | { error: string }
  );

/** What the client made of a call that it was handed. */
export function takeOutput(draft: Draft, input: Output): Refusal | Answered {
  const found = findCall(draft, input, ({ where }) => where === "client");
  if ("code" in found) return found;
  const { turn } = found;
  if (!input.isOwner && draft.run(turn.id).userId !== input.by) {
    return refuse("forbidden", "Only who sent the turn's message, or an owner, may answer for it.");
  }
  emitResult(draft, found, "error" in input ? { error: input.error } : { output: input.output });
  goOnIfAnswered(draft, turn.id);
  return { turnId: turn.id };
}

/** The client has not answered in time: its calls end as errors, and the turn goes on. */
export function expireOutputs(draft: Draft, turnId: string): void {
  const turn = draft.turn(turnId);
  const stream = draft.stream(turnId);
  if (!turn || !stream) return;
  const { step, messageId, rounds = [] } = stream;
  for (const { round, calls } of rounds) {
    for (const call of calls) {
      if (call.where !== "client" || isOver(call)) continue;
      const found = { turn, step, messageId, round, call };
      emitResult(draft, found, { error: "The client did not answer in time." });
    }
  }
  const { clientBy, ...stepRun } = draft.stepRun(turnId, step);
  draft.setStepRun(turnId, step, stepRun);
  goOnIfAnswered(draft, turnId);
}

/** Ids are the provider's and may repeat: where no place is named, the oldest that waits is meant. */
function findCall(
  draft: Draft,
  { step, ...meant }: Named & { step?: string },
  fits: (call: StreamCall) => boolean,
): Found | Refusal {
  const turn = draft.turn(meant.turnId);
  const stream = draft.stream(meant.turnId);
  const named = (stream?.rounds ?? []).flatMap(({ round, calls }) =>
    calls.filter((call) => isMeant(meant, round, call)).map((call) => ({ round, call })),
  );
  if (!turn || !stream || named.length === 0 || (step !== undefined && step !== stream.step)) {
    return refuse("not_found", "There is no such call in an open turn.");
  }
  const found = named.find(({ call }) => isWaiting(call) && fits(call));
  if (found) return { turn, step: stream.step, messageId: stream.messageId, ...found };
  return refuse("invalid_transition", "The call does not wait for an answer.", {
    from: "answered",
    to: "answered",
    allowed: [],
  });
}

function isMeant(meant: Named, round: number, { toolCallId, index }: StreamCall): boolean {
  if (toolCallId !== meant.toolCallId) return false;
  return (meant.round ?? round) === round && (meant.index ?? index) === index;
}

type Outcome = { output: JsonValue } | { error: string; refused?: true };

function emitResult(draft: Draft, found: Found, outcome: Outcome): void {
  const { turn, step, messageId, round, call } = found;
  const { index, toolCallId, name } = call;
  const attempt = Math.max(1, turn.steps.find((one) => one.step === step)?.attempt ?? 1);
  const place = { turnId: turn.id, messageId, attempt, round, index, toolCallId, name };
  if ("error" in outcome) {
    draft.emit({ type: "tool:result", data: { ...place, ...outcome } });
    return;
  }
  const stream = draft.stream(turn.id);
  const { value, cut } = shownValue(outcome.output, valuesLeft(stream?.rounds));
  if (cut) {
    const kept = { turnId: turn.id, step, round, index, kind: "output" as const };
    draft.keepValue({ ...kept, value: outcome.output });
  }
  draft.emit({ type: "tool:result", data: { ...place, output: value, ...(cut && { cut }) } });
}
