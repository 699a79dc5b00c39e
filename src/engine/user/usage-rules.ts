import { type Refusal, refuse } from "../../protocol/errors";
import type {
  TurnRequest,
  UsageCount,
  UsageReport,
  UsageState,
} from "../../protocol/rooms/metering";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that are kept: this month's and the last's, so that no report comes too late. */
const DAYS_KEPT = 62;
/** Tasks whose last report is remembered; a report is repeated within minutes, if at all. */
const TASKS_KEPT = 2000;
/** Milliseconds after which a turn that was let in counts no more, unless its task has reported it. */
const HELD_MS = 60_000;

export const NOTHING_USED: UsageState = { days: {}, tasks: [], held: [] };

/** Counts what is new in a report. Telling it again, or part of it, changes nothing. */
export function countUsage(state: UsageState, { taskId, epoch, items }: UsageReport): UsageState {
  const known = state.tasks.find((task) => task.taskId === taskId);
  const counted = known?.epoch === epoch ? known.seq : 0;
  const fresh = items.filter(({ seq }) => seq > counted);
  const last = fresh.at(-1);
  if (!last) return state;
  const days = { ...state.days };
  for (const { day, turns, tokens } of fresh) days[day] = add(days[day], { turns, tokens });
  const others = state.tasks.filter((task) => task.taskId !== taskId);
  return {
    days: recent(days),
    tasks: [...others, { taskId, epoch, seq: last.seq }].slice(-TASKS_KEPT),
    held: without(state.held, taskId, sum(fresh).turns),
  };
}

/** Whether the user may have one more turn now; one that may is held until its task reports it. */
export function admitTurn(
  state: UsageState,
  { taskId, turnId, limits, now }: TurnRequest,
): { state: UsageState; refusal: Refusal | null } {
  const isHeld = (item: UsageState["held"][number]) =>
    item.at > now - HELD_MS && (turnId === undefined || item.turnId !== turnId);
  const held = state.held.filter(isHeld);
  const { turns, tokens } = state.days[dayOf(now)] ?? { turns: 0, tokens: 0 };
  const kept = { ...state, held };
  if (isReached(limits.turnsPerDay, turns + held.length)) {
    return { state: kept, refusal: exceeded(`${limits.turnsPerDay} turns a day`, now) };
  }
  if (isReached(limits.tokensPerDay, tokens)) {
    return { state: kept, refusal: exceeded(`${limits.tokensPerDay} tokens a day`, now) };
  }
  // Held only where turns are counted against a limit.
  const turn = { taskId, ...(turnId !== undefined && { turnId }), at: now };
  const mine = limits.turnsPerDay > 0 ? [turn] : [];
  return { state: { ...kept, held: [...held, ...mine] }, refusal: null };
}

/** A turn that was let in did not come about. */
export function releaseTurn(state: UsageState, taskId: string): UsageState {
  return { ...state, held: without(state.held, taskId, 1) };
}

export function usageAt(state: UsageState, now: number): { today: UsageCount; month: UsageCount } {
  const today = dayOf(now);
  const month = Object.entries(state.days).filter(([day]) => day.startsWith(today.slice(0, 7)));
  return {
    today: state.days[today] ?? { turns: 0, tokens: 0 },
    month: sum(month.map(([, count]) => count)),
  };
}

/** The UTC day of a moment. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function exceeded(limit: string, now: number): Refusal {
  const retryAfterMs = DAY_MS - (now % DAY_MS);
  return refuse("quota_exceeded", `Your quota of ${limit} is used up.`, { retryAfterMs });
}

function isReached(limit: number, used: number): boolean {
  return limit > 0 && used >= limit;
}

function without(held: UsageState["held"], taskId: string, count: number): UsageState["held"] {
  let left = count;
  return held.filter((item) => item.taskId !== taskId || left-- <= 0);
}

function recent(days: UsageState["days"]): UsageState["days"] {
  return Object.fromEntries(Object.entries(days).sort().slice(-DAYS_KEPT));
}

function sum(counts: UsageCount[]): UsageCount {
  return counts.reduce(add, { turns: 0, tokens: 0 });
}

function add(a: UsageCount | undefined, b: UsageCount): UsageCount {
  return { turns: (a?.turns ?? 0) + b.turns, tokens: (a?.tokens ?? 0) + b.tokens };
}
