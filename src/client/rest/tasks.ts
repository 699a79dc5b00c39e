import type { EditMessage } from "../../protocol/commands/chat-edit";
import type { ChatNote } from "../../protocol/commands/chat-note";
import type { LogEvent, LogEventType } from "../../protocol/events";
import type { Role } from "../../protocol/identity";
import type { JsonObject } from "../../protocol/json";
import type { LogLevel } from "../../protocol/log-entry";
import type { Message, MessageRole } from "../../protocol/message";
import type { Ref } from "../../protocol/refs";
import type { ExecuteTask } from "../../protocol/rest/execute-task";
import type { GivenMessage } from "../../protocol/rest/given-history";
import type { LoggedEntry } from "../../protocol/rest/list-logs";
import type { Page } from "../../protocol/rest/page";
import type { PatchTask } from "../../protocol/rest/patch-task";
import type { PutMember } from "../../protocol/rest/put-member";
import type { TaskStats } from "../../protocol/rest/stats";
import type { ConfirmTurn, GiveOutput } from "../../protocol/rest/turn-actions";
import type { Task, TaskStatus } from "../../protocol/task";
import type { Turn, TurnStatus } from "../../protocol/turn";
import type { PageQuery } from "./paging";
import type { Request } from "./request";
import { segment } from "./segment";

export type NewTask = {
  /** Your own name for the task: made once, and found from then on. */
  key?: string;
  title?: string;
  /** `namespace/name`, or both apart. */
  teamRef?: string | Ref;
  /** Starts the first turn. */
  prompt?: string;
  /** Ids of files that go with the first message. */
  attachments?: string[];
  labels?: Record<string, string>;
  metadata?: JsonObject;
  members?: { userId: string; role: Role }[];
  /** A conversation that was held elsewhere, oldest first: the task begins with it. */
  history?: GivenMessage[];
  /** In no list that does not ask for it, and erased a day after its last turn. */
  ephemeral?: boolean;
};

export type NewFork = {
  /** The last message that the new task has: by default all that is finished. */
  atMessageId?: string;
  /** By default the source's, marked as a fork. */
  title?: string;
  /** Your own name for the new task. */
  key?: string;
};

export type TaskQuery = PageQuery & {
  status?: TaskStatus[];
  /** `key=value` each. */
  label?: string[];
  team?: string;
  createdAfter?: string;
  createdBefore?: string;
  /** The one task of this key. */
  key?: string;
  /** Whether it waits for a person. */
  waiting?: boolean;
  /** Whether ephemeral tasks are among them. */
  ephemeral?: boolean;
  /** A part of the title. */
  q?: string;
};

export type MessageQuery = PageQuery & {
  threadId?: string;
  role?: MessageRole[];
  before?: string;
  after?: string;
  /** Whether those are among them that were superseded. */
  superseded?: boolean;
};

/** The content may be left out where files come along. */
export type GivenEdit = Partial<EditMessage>;
export type GivenNote = Partial<ChatNote>;

/** A repeat with the same key and body gives the first answer again. */
export type Idempotent = { idempotencyKey?: string };

const keyed = ({ idempotencyKey }: Idempotent) =>
  idempotencyKey === undefined ? {} : { headers: { "idempotency-key": idempotencyKey } };

const at = (id: string, ...rest: string[]) => ["/tasks", ...[id, ...rest].map(segment)].join("/");

export type TasksApi = ReturnType<typeof tasksApi>;

/** Contract section 3, what is about tasks. */
export function tasksApi(request: Request) {
  return {
    list: (query: TaskQuery = {}): Promise<Page<Task>> => request("GET", "/tasks", { query }),
    create: (body: NewTask = {}, options: Idempotent = {}): Promise<Task> =>
      request("POST", "/tasks", { body, ...keyed(options) }),
    /** A new task of yours with the history of one that you see. */
    fork: (id: string, body: NewFork = {}, options: Idempotent = {}): Promise<Task> =>
      request("POST", at(id, "fork"), { body, ...keyed(options) }),
    get: (id: string): Promise<Task> => request("GET", at(id)),
    patch: (id: string, body: PatchTask): Promise<Task> => request("PATCH", at(id), { body }),
    delete: (id: string): Promise<void> => request("DELETE", at(id)),
    /** Final: every open turn is interrupted, and no message is taken any more. */
    cancel: (id: string, reason?: string): Promise<Task> =>
      request("PATCH", at(id, "status"), {
        body: { status: "CANCELLED", ...(reason !== undefined && { reason }) },
      }),
    execute: (
      id: string,
      body: ExecuteTask = {},
      options: Idempotent = {},
    ): Promise<{ turn: Turn }> => request("POST", at(id, "execute"), { body, ...keyed(options) }),
    /** Stops every open turn. */
    interrupt: (id: string, reason?: string): Promise<{ interrupted: number }> =>
      request("POST", at(id, "interrupt"), {
        body: { ...(reason !== undefined && { reason }) },
      }),
    stats: (id: string): Promise<TaskStats> => request("GET", at(id, "stats")),
    messages: (taskId: string, query: MessageQuery = {}): Promise<Page<Message>> =>
      request("GET", "/messages", { query: { taskId, ...query } }),
    /** Says something else in the place of a user's message, and of all that follows it in its thread. */
    editMessage: (
      id: string,
      messageId: string,
      body: GivenEdit,
    ): Promise<{ turn: Turn; message: Message }> =>
      request("POST", at(id, "messages", messageId, "edit"), { body }),
    /** A message that begins no turn: the next one's model is told it. */
    addNote: (id: string, body: GivenNote): Promise<{ message: Message }> =>
      request("POST", at(id, "notes"), { body }),
    events: (
      id: string,
      query: PageQuery & { after?: number; type?: LogEventType[] } = {},
    ): Promise<Page<LogEvent>> => request("GET", at(id, "events"), { query }),
    logs: (
      id: string,
      query: PageQuery & { level?: LogLevel[]; agentType?: string[] } = {},
    ): Promise<Page<LoggedEntry>> => request("GET", at(id, "logs"), { query }),
    members: (id: string): Promise<Page<PutMember>> => request("GET", at(id, "members")),
    putMember: (id: string, body: PutMember): Promise<PutMember> =>
      request("POST", at(id, "members"), { body }),
    dropMember: (id: string, userId: string): Promise<void> =>
      request("DELETE", at(id, "members", userId)),
  };
}

type TurnAnswer = { turn: Turn };

export type TurnsApi = ReturnType<typeof turnsApi>;

/** What is about one task's turns. */
export function turnsApi(request: Request) {
  const turn = (taskId: string, turnId: string, ...rest: string[]) =>
    at(taskId, "turns", turnId, ...rest);
  return {
    list: (
      taskId: string,
      query: PageQuery & { status?: TurnStatus[] } = {},
    ): Promise<Page<Turn>> => request("GET", at(taskId, "turns"), { query }),
    get: (taskId: string, turnId: string): Promise<Turn> => request("GET", turn(taskId, turnId)),
    interrupt: (taskId: string, turnId: string, reason?: string): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "interrupt"), {
        body: { ...(reason !== undefined && { reason }) },
      }),
    retry: (taskId: string, turnId: string): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "retry"), { body: {} }),
    /** Another turn for the message of a completed one. */
    regenerate: (taskId: string, turnId: string): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "regenerate"), { body: {} }),
    confirm: (taskId: string, turnId: string, body: ConfirmTurn): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "confirm"), { body }),
    /** Answers a call of one of the `clientTools` that the turn's message came with. */
    giveOutput: (taskId: string, turnId: string, body: GiveOutput): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "tool-outputs"), { body }),
    guide: (taskId: string, turnId: string, content: string): Promise<TurnAnswer> =>
      request("POST", turn(taskId, turnId, "guide"), { body: { content } }),
  };
}
