import { LIMITS } from "../protocol/limits";
import type { RetryRule } from "./specs";
import type { MemberPlan } from "./team-plan";

type Phase = Pick<MemberPlan, "role" | "retry" | "onFailure" | "critical"> & { timeoutMs: number };

/**
 * Milliseconds that a turn takes at most by the rules of its phases: each attempt with its whole limit,
 * the waits between attempts, fallbacks, the longest way back as often as it may be gone, and an
 * attempt for each restart of the runtime. What a provider's `Retry-After` adds is not in it.
 */
export function turnBudgetMs(phases: readonly Phase[]): number {
  const longest = Math.max(...phases.map(({ timeoutMs }) => timeoutMs));
  const back = Math.max(...phases.map((_, index) => wayBackMs(phases, index)));
  return (
    sum(phases.map(phaseMs)) + LIMITS.rollbacksPerTurn * back + LIMITS.restartsPerTurn * longest
  );
}

/** From the phase to which one rolls back through to that one itself. */
function wayBackMs(phases: readonly Phase[], index: number): number {
  const phase = phases[index];
  const { onFailure } = phase ?? {};
  if (!phase || phase.critical || typeof onFailure !== "object" || !("rollbackTo" in onFailure)) {
    return 0;
  }
  const from = phases.findIndex(({ role }) => role === onFailure.rollbackTo);
  return from < 0 ? 0 : sum(phases.slice(from, index + 1).map(phaseMs));
}

function phaseMs({ timeoutMs, retry, onFailure, critical }: Phase): number {
  const hasFallback = !critical && typeof onFailure === "object" && "fallback" in onFailure;
  return (hasFallback ? 2 : 1) * (timeoutMs * retry.maxAttempts + waitsMs(retry));
}

function waitsMs({ maxAttempts, initialMs, factor, maxMs }: RetryRule): number {
  const waits = Array.from({ length: maxAttempts - 1 }, (_, index) => initialMs * factor ** index);
  return sum(waits.map((wait) => Math.ceil(Math.min(wait, maxMs))));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
