import * as z from "zod";
import { logEvent, logEventType } from "../../../protocol/events";
import { role } from "../../../protocol/identity";
import { message } from "../../../protocol/message";
import { turnRun } from "../../../protocol/rooms/turn-run";
import { task } from "../../../protocol/task";
import { stepResult, turn } from "../../../protocol/turn";
import { teamPlan } from "../../../resources/team-plan";
import { orLater } from "../../stored-json";

export { readJson } from "../../stored-json";

// Stored rows are read like foreign data: another version of this code may have written them.

/** What the log does not say by itself: `headSeq`, `activeTurnId`, `waitingFor` and progress follow from other rows. */
export const storedRoom = z.object({
  task: task.omit({ headSeq: true, activeTurnId: true, waitingFor: true }),
  members: z.record(z.string(), role),
  /** Rows of before this was kept: those members were there from the beginning. */
  since: z.record(z.string(), z.int()).default({}),
  /** Members that went, by the `seq` with which they did. */
  left: z.record(z.string(), z.int()).default({}),
  key: z.string().optional(),
  importedThrough: z.int().optional(),
  begins: z.int().optional(),
  copying: z.object({ userId: z.string(), beforeSeq: z.int() }).optional(),
  planId: z.int(),
  /** The database that has the task's history; empty until it is chosen. Rooms of before there was a choice have none. */
  history: z.string().optional(),
  /** Open turns: the active one, then the queue. */
  openTurnIds: z.array(z.string()),
  /** Set while the task is being erased: milliseconds since 1970. */
  deletedAt: z.int().optional(),
});
export type StoredRoom = z.infer<typeof storedRoom>;

export const storedTurn = z.object({ turn, run: turnRun });
export const storedEvents = z.array(orLater(logEvent, logEventType.options));
export const storedResult = stepResult;
export const storedMessage = message;
export const storedPlan = teamPlan;

/** Rows as SQLite gives them. */
export const bodyRows = z.array(z.object({ body: z.string() }));
