import type { LogEvent } from "../../../src/protocol/events";
import { usesIn } from "../../../src/protocol/tools/tool-use";
import type { Evidence } from "../evidence";
import type { Plan } from "./talk";
import { type Asked, mayRepeat } from "./tool-servers";

/** What a room's rounds have left, beside its own history. */
export type RoundEvidence = Evidence & {
  /** What each of its messages had done. */
  plans: Plan[];
  /** Calls that servers were asked for, in order. */
  asked: Asked[];
};

type Result = Extract<LogEvent, { type: "tool:result" }>;
const UNKNOWN = "outcome is unknown";

/** What must hold of every room in which tools were called. */
export const ROUND_INVARIANTS: Record<string, (evidence: RoundEvidence) => string[]> = {
  "a call is made once; twice only where that is harmless": madeOnce,
  "no call that has a result is made again": noneAfterItsResult,
  "a call keeps its key": keyKept,
  "a call has one result": oneResult,
  "what needs a person's word is made after it": approvedFirst,
  "an answer has every use of its turn": allUsed,
};

export function roundViolations(evidence: RoundEvidence): string[] {
  return Object.entries(ROUND_INVARIANTS).flatMap(([name, holds]) =>
    holds(evidence).map((what) => `${name}: ${what}`),
  );
}

/** Turn, round and index: the step is the only one, and runs go on from one another. */
function placeOf(key: string): string {
  const [turnId, , , round, index] = key.split(":");
  return [turnId, round, index].join(":");
}

const placeIn = ({
  data,
}: {
  data: { turnId: string; round?: number | undefined; index?: number | undefined };
}) => [data.turnId, data.round, data.index].join(":");

const resultsIn = ({ log }: Evidence) =>
  log.filter((event): event is Result => event.type === "tool:result");

function madeOnce({ asked }: RoundEvidence): string[] {
  const places = Map.groupBy(asked, ({ key }) => placeOf(key));
  return [...places].flatMap(([place, calls]) => {
    const { name = "" } = calls[0] ?? {};
    return calls.length > 1 && !mayRepeat(name) ? [`${name} ${place}: ${calls.length} times`] : [];
  });
}

/** Times of the log say nothing where the clock was moved. */
const isTimed = ({ turnLimitMs }: Evidence) => turnLimitMs !== undefined;

function noneAfterItsResult(evidence: RoundEvidence): string[] {
  if (!isTimed(evidence)) return [];
  const results = resultsIn(evidence);
  return evidence.asked.flatMap(({ key, name, at }) => {
    const result = results.find((event) => placeIn(event) === placeOf(key));
    return result && at > Date.parse(result.ts) ? [`${name} ${key}`] : [];
  });
}

function keyKept({ asked }: RoundEvidence): string[] {
  const places = Map.groupBy(asked, ({ key }) => placeOf(key));
  return [...places.values()].flatMap((calls) => {
    const keys = new Set(calls.map(({ key }) => key));
    return keys.size > 1 ? [[...keys].join(" and ")] : [];
  });
}

/** Said again where a turn goes on after its end, but never another. */
function oneResult(evidence: RoundEvidence): string[] {
  const places = Map.groupBy(resultsIn(evidence), placeIn);
  return [...places].flatMap(([place, events]) => {
    const told = new Set(events.map(({ data }) => JSON.stringify(data.output ?? data.error)));
    const { name, error = "" } = events[0]?.data ?? {};
    const wasAsked = evidence.asked.some(({ key }) => placeOf(key) === place);
    const isMadeUp = error === "" && name !== "open" && !wasAsked;
    return [
      ...(told.size > 1 ? [`${name} ${place}: ${[...told].join(" and ")}`] : []),
      ...(isMadeUp ? [`${name} ${place} was never asked for`] : []),
      ...(error.includes(UNKNOWN) && mayRepeat(name ?? "") ? [`${name} ${place}: ${error}`] : []),
    ];
  });
}

function approvedFirst(evidence: RoundEvidence): string[] {
  const { asked, log } = evidence;
  return asked.flatMap(({ key, name, at }) => {
    if (name !== "sign") return [];
    const said = log.find(
      (event) => event.type === "tool:decision" && placeIn(event) === placeOf(key),
    );
    const isAllowed = said?.type === "tool:decision" && said.data.approve;
    return isAllowed && (!isTimed(evidence) || Date.parse(said.ts) <= at) ? [] : [`${name} ${key}`];
  });
}

function allUsed({ sent, turns, messages, plans }: RoundEvidence): string[] {
  return sent.flatMap(({ acks }, i) => {
    const turn = turns.find(({ id }) => id === acks[0]?.turnId);
    if (turn?.status !== "COMPLETED") return [];
    const answer = messages.find(({ role, turnId }) => role === "assistant" && turnId === turn.id);
    const uses = usesIn(answer?.metadata);
    const due = (plans[i] ?? []).flat();
    const open = uses.filter(
      ({ output, error }) => (output === undefined) === (error === undefined),
    );
    const names = uses.map(({ name }) => name);
    return [
      ...(names.join() === due.join() ? [] : [`${turn.id}: ${names.join()}; due: ${due.join()}`]),
      ...open.map(({ name }) => `${turn.id}: ${name} has no result`),
    ];
  });
}
