import * as z from "zod";
import { refusal } from "../errors";
import { taskId, turnId } from "../ids";

/** What was used: turns that were put into a queue, and tokens that providers counted. */
export const usageCount = z.object({ turns: z.int().min(0), tokens: z.int().min(0) });
export type UsageCount = z.infer<typeof usageCount>;

/** `GET /usage`. Days and months are UTC's; a limit of 0 is none. */
export const usageView = z.object({
  today: usageCount,
  month: usageCount,
  limits: z.object({ turnsPerDay: z.int().min(0), tokensPerDay: z.int().min(0) }),
});
export type UsageView = z.infer<typeof usageView>;
export type UsageLimits = UsageView["limits"];

/** What a user may use in a day. */
export function limitsOf(settings: { TURNS_PER_DAY: number; TOKENS_PER_DAY: number }): UsageLimits {
  return { turnsPerDay: settings.TURNS_PER_DAY, tokensPerDay: settings.TOKENS_PER_DAY };
}

/** One event of a task that cost its user something; `day` as in 2026-11-21. */
export const usageItem = z.object({
  seq: z.int().min(1),
  day: z.iso.date(),
  ...usageCount.shape,
});
export type UsageItem = z.infer<typeof usageItem>;

/** What a task's room tells a user's meter; told again it adds nothing. */
export const usageReport = z.object({
  taskId,
  epoch: z.string(),
  items: z.array(usageItem),
});
export type UsageReport = z.infer<typeof usageReport>;

/** Asks whether one more turn may be put into a task's queue. `now` in milliseconds since 1970. */
export const turnRequest = z.object({
  taskId,
  /** Names a turn that may be asked for again: it is held once. */
  turnId: turnId.optional(),
  limits: usageView.shape.limits,
  now: z.int(),
});
export type TurnRequest = z.infer<typeof turnRequest>;

export const turnVerdict = z.object({ refusal: refusal.nullable() });

/** What one user has used. Small: it is one stored value. */
export const usageState = z.object({
  days: z.record(z.string(), usageCount),
  /** The last event counted of each task, the least recent first. */
  tasks: z.array(z.object({ taskId: z.string(), epoch: z.string(), seq: z.int() })),
  /** Turns that were let in and that no task has reported yet. */
  held: z.array(z.object({ taskId: z.string(), turnId: z.string().optional(), at: z.int() })),
});
export type UsageState = z.infer<typeof usageState>;
