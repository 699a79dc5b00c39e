import * as z from "zod";
import { errorCode, failure, failureCode, problem, refusal } from "../protocol/errors";
import { logEvent } from "../protocol/events";
import { presence } from "../protocol/events/presence";
import { attachment } from "../protocol/files/attachment";
import { file } from "../protocol/files/file";
import { role } from "../protocol/identity";
import { issue } from "../protocol/issues";
import { logEntry } from "../protocol/log-entry";
import { message } from "../protocol/message";
import { ref } from "../protocol/refs";
import { loggedEntry } from "../protocol/rest/list-logs";
import { putMember } from "../protocol/rest/put-member";
import { foundMessage, foundPage } from "../protocol/rest/search";
import { taskStats } from "../protocol/rest/stats";
import { roomState, stream } from "../protocol/room-state";
import { session } from "../protocol/session";
import { task, taskStatus } from "../protocol/task";
import { toolUse } from "../protocol/tools/tool-use";
import { onBusy, step, stepResult, stepStatus, turn, turnStatus } from "../protocol/turn";
import { usage } from "../protocol/usage";
import { named } from "./named";

/** What lists answer; `nextCursor` is `null` at the end. */
export function pageOf<Item extends z.ZodType>(id: string, item: Item) {
  return named(id, z.object({ items: z.array(item), nextCursor: z.string().nullable() }));
}

named("ErrorCode", errorCode);
named("FailureCode", failureCode);
named("Failure", failure);
named("Issue", issue);
named("Refusal", refusal);
named("Role", role);
named("TaskStatus", taskStatus);
named("TurnStatus", turnStatus);
named("StepStatus", stepStatus);
named("OnBusy", onBusy);
named("Usage", usage);
named("Ref", ref);
named("Step", step);
named("StepResult", stepResult);
named("ToolUse", toolUse);
named("Attachment", attachment);
named("LogEntry", logEntry);
named("Presence", presence);
named("FoundMessage", foundMessage);
named("Stream", stream);
named("RoomState", roomState);

export const MODELS = {
  Problem: named("Problem", problem),
  Task: named("Task", task),
  TaskPage: pageOf("TaskPage", task),
  TaskStats: named("TaskStats", taskStats),
  Turn: named("Turn", turn),
  TurnPage: pageOf("TurnPage", turn),
  /** What every command to a turn answers. */
  TurnAnswer: named("TurnAnswer", z.object({ turn })),
  Interrupted: named("Interrupted", z.object({ interrupted: z.int().min(0) })),
  Message: named("Message", message),
  MessagePage: pageOf("MessagePage", message),
  File: named("File", file),
  FoundPage: named("FoundPage", foundPage),
  Event: named("Event", logEvent),
  EventPage: pageOf("EventPage", logEvent),
  LogPage: pageOf("LogPage", named("LoggedEntry", loggedEntry)),
  Member: named("Member", putMember),
  MemberPage: pageOf("MemberPage", putMember),
  Session: named("Session", session),
  SessionPage: pageOf("SessionPage", session),
  SessionGrant: named("SessionGrant", z.object({ session, recoveryToken: z.string() })),
  Health: named("Health", z.object({ status: z.literal("ok") })),
} as const;
