import { activeTurn, waitingTurns } from "../../engine/room";
import { accepted, type Outcome } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import type { TaskStats } from "../../protocol/stats";
import { type Turn, turnStatus } from "../../protocol/turn";
import type { Desk } from "./desk";
import { admit } from "./people-commands";

export function readStats(desk: Desk, principal: Principal): Outcome<TaskStats> {
  const admitted = admit(desk, principal, "watch");
  if (!admitted.ok) return admitted;
  const { room } = admitted.value;
  const turns = desk.store.turns.all();
  const active = activeTurn(room);
  const sessions = new Set(
    desk.connections.all().flatMap(({ attached }) => attached.sessionId ?? []),
  );
  return accepted({
    turns: countByStatus(turns),
    ...(active && { activeTurnId: active.id }),
    queueLength: waitingTurns(room).length,
    ...attemptsOf(turns),
    connections: desk.connections.size,
    sessions: sessions.size,
    headSeq: room.state.task.headSeq,
    outboxLag: Math.max(desk.outbox.lag, desk.news.lag),
    durationMs: durationsOf(turns),
    tokens: tokensOf(turns),
  });
}

function countByStatus(turns: Turn[]): TaskStats["turns"] {
  const counts: TaskStats["turns"] = {
    PENDING: 0,
    PROCESSING: 0,
    WAITING: 0,
    COMPLETED: 0,
    INTERRUPTED: 0,
    FAILED: 0,
  };
  for (const { status } of turns) counts[turnStatus.parse(status)]++;
  return counts;
}

function attemptsOf(turns: Turn[]): { attempts: number; retries: number } {
  const begun = turns.flatMap(({ steps }) => steps).filter(({ attempt }) => attempt > 0);
  const attempts = begun.reduce((sum, { attempt }) => sum + attempt, 0);
  const runs = begun.reduce((sum, { run }) => sum + run, 0);
  return { attempts, retries: Math.max(0, attempts - runs) };
}

function durationsOf(turns: Turn[]): TaskStats["durationMs"] {
  const sorted = turns
    .flatMap(({ startedAt, endedAt }) =>
      startedAt && endedAt ? [Date.parse(endedAt) - Date.parse(startedAt)] : [],
    )
    .sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

/** The nearest-rank percentile. */
function percentile(sorted: number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function tokensOf(turns: Turn[]): TaskStats["tokens"] {
  const tokens = { input: 0, output: 0, total: 0 };
  for (const { usage } of turns) {
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
    tokens.input += inputTokens;
    tokens.output += outputTokens;
    tokens.total += usage?.totalTokens ?? inputTokens + outputTokens;
  }
  return tokens;
}
