import type { EditMessage } from "../../protocol/commands/chat-edit";
import type { ChatNote } from "../../protocol/commands/chat-note";
import type { Outcome } from "../../protocol/errors";
import type { LogEvent } from "../../protocol/events";
import type { Principal, Role } from "../../protocol/identity";
import type { Message } from "../../protocol/message";
import type { Rewritten } from "../../protocol/operator/reproject";
import type { Ref } from "../../protocol/refs";
import type { ExecuteTask } from "../../protocol/rest/execute-task";
import type { GivenMessage } from "../../protocol/rest/given-history";
import type { ListEvents } from "../../protocol/rest/list-events";
import type { ListLogs, LoggedEntry } from "../../protocol/rest/list-logs";
import type { ListMessages } from "../../protocol/rest/list-messages";
import type { ListTurns } from "../../protocol/rest/list-turns";
import type { Page } from "../../protocol/rest/page";
import type { PatchStatus } from "../../protocol/rest/patch-status";
import type { PatchTask } from "../../protocol/rest/patch-task";
import type { PutMember } from "../../protocol/rest/put-member";
import type { TaskStats } from "../../protocol/rest/stats";
import type { ConfirmTurn, GiveOutput } from "../../protocol/rest/turn-actions";
import type { CarriedFile } from "../../protocol/rooms/files";
import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import type { Version } from "../user-room/tasks/version";

export type NewTask = {
  taskId: string;
  title: string;
  teamRef: Ref;
  prompt?: string;
  /** Files of the creator's that the first message carries. */
  attachments?: string[];
  labels: Record<string, string>;
  metadata: Task["metadata"];
  members: { userId: string; role: Role }[];
  /** A conversation that was held elsewhere, oldest first. */
  history?: GivenMessage[];
  /** Left out of lists, and erased a day after its last turn. */
  ephemeral?: true;
  /** The creator's own name for the task. */
  key?: string;
  /** Whoever asks has the task in its creator's list before anybody hears of it. */
  isListed?: true;
};

/** A task to be made of the history of another. */
export type NewFork = {
  taskId: string;
  /** The source, and the last message that is carried; without one all that is finished. */
  from: { taskId: string; messageId?: string | undefined };
  /** By default the source's, marked. */
  title?: string | undefined;
  key?: string | undefined;
};

/** Which messages are to be carried: the newest up to and with one, or before a `seq`. */
export type CarryQuery = {
  upTo?: string | undefined;
  beforeSeq?: number | undefined;
  limit: number;
  /** Of the page as JSON; it has one message at least where there is any. */
  bytes: number;
};

/** A page of a task's history for a fork, as its models are told it. */
export type CarriedPage = {
  title: string;
  teamRef: Ref;
  /** Without those that something else has taken the place of. */
  messages: Message[];
  /** Whose the files are that the messages carry. */
  files: CarriedFile[];
  /** Others lie before this `seq`, if there are any; null where there are none. */
  before: number | null;
  /** System text of before the page that the room keeps for models. */
  words: Message[];
};

export type SentAs = { messageId: string; turnId: string };

/** `opening`: connections of any session that are being opened here; absent from older rooms. */
export type SessionActivity = { connections: number; lastActiveAt: number; opening?: string[] };

/** `pending`: of work that has not ended; it is to be asked again. */
export type CarriedFiles = { carried: string[]; pending: string[] };

/**
 * What a task's room answers over RPC. Every call names its principal; the room checks the role.
 * A caller without a role gets `not_found`. Nothing throws but the platform.
 */
export interface TaskRoomApi {
  /** Idempotent: the same id again gives the task as it is. */
  create(principal: Principal, input: NewTask): Promise<Outcome<Task>>;
  /**
   * Makes a task of another's history; `"erased"` where the task of this id is gone. Refuses what the
   * source does not let this caller see (`not_found`), and a message that is not in its history.
   */
  fork(principal: Principal, input: NewFork): Promise<Outcome<Task> | "erased">;
  /** Asked by a fork: a page of what any member may carry away. */
  carry(principal: Principal, query: CarryQuery): Promise<Outcome<CarriedPage>>;
  read(principal: Principal): Promise<Outcome<Task>>;
  update(principal: Principal, patch: PatchTask): Promise<Outcome<Task>>;
  setStatus(principal: Principal, change: PatchStatus): Promise<Outcome<Task>>;
  remove(principal: Principal): Promise<Outcome<null>>;
  messages(principal: Principal, query: ListMessages): Promise<Outcome<Page<Message>>>;
  turns(principal: Principal, query: ListTurns): Promise<Outcome<Page<Turn>>>;
  turn(principal: Principal, turnId: string): Promise<Outcome<Turn>>;
  events(principal: Principal, query: ListEvents): Promise<Outcome<Page<LogEvent>>>;
  logs(principal: Principal, query: ListLogs): Promise<Outcome<Page<LoggedEntry>>>;
  members(principal: Principal): Promise<Outcome<Page<PutMember>>>;
  putMember(principal: Principal, member: PutMember): Promise<Outcome<PutMember>>;
  /** Gives as of when the user is out; `null` in rooms of the last release. */
  dropMember(principal: Principal, userId: string): Promise<Outcome<Version | null>>;
  stats(principal: Principal): Promise<Outcome<TaskStats>>;
  /** For an operator: writes the task into its database again; `unavailable` where that does not take it. */
  reproject(): Promise<Outcome<Rewritten>>;
  /** `idempotencyKey` is the header's; the same key with another body is a `conflict`. */
  execute(
    principal: Principal,
    input: ExecuteTask,
    idempotencyKey?: string,
  ): Promise<Outcome<{ turn: Turn }>>;
  interruptTurn(principal: Principal, turnId: string, reason?: string): Promise<Outcome<Turn>>;
  /** A FAILED or INTERRUPTED turn goes to the queue's tail. */
  retryTurn(principal: Principal, turnId: string): Promise<Outcome<Turn>>;
  /** Another turn for the message of a COMPLETED one; the one that is open for it already, where there is one. */
  regenerateTurn(principal: Principal, turnId: string): Promise<Outcome<Turn>>;
  editMessage(
    principal: Principal,
    messageId: string,
    input: EditMessage,
  ): Promise<Outcome<{ turn: Turn; message: Message }>>;
  addNote(principal: Principal, input: ChatNote): Promise<Outcome<{ message: Message }>>;
  confirmTurn(principal: Principal, turnId: string, input: ConfirmTurn): Promise<Outcome<Turn>>;
  giveOutput(principal: Principal, turnId: string, input: GiveOutput): Promise<Outcome<Turn>>;
  guideTurn(principal: Principal, turnId: string, content: string): Promise<Outcome<Turn>>;
  /** What a message was answered with that the caller has sent under this id; null where there is none. */
  sentAs(principal: Principal, clientMessageId: string): Promise<Outcome<SentAs | null>>;
  interruptAll(principal: Principal, reason?: string): Promise<Outcome<{ interrupted: number }>>;

  /** Asked by the user's room: which of these sessions are connected here. */
  sessionActivity(sessionIds: string[]): Promise<Record<string, SessionActivity>>;
  /** Closes every connection of a session with a code of contract section 4, and refuses those that are being opened. */
  closeSession(sessionId: string, code: number, reason: string): Promise<void>;
  /** Closes every connection that came with this API key, and refuses those that are being opened: it was revoked. */
  closeKey(keyId: string): Promise<void>;
  /** Asked by an owner's home: which of these files the task carries. Of a task that is not there: none. */
  carries(fileIds: string[]): Promise<CarriedFiles>;
  /** Called by the cron sweep: whatever is overdue is done now. */
  wake(): Promise<void>;
}
