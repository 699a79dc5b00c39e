import type { UserNews } from "../../engine/user/news";
import type { ResealCount } from "../../platform/reseal";
import type { Outcome } from "../../protocol/errors";
import type { Attachment } from "../../protocol/files/attachment";
import type { File } from "../../protocol/files/file";
import type { Principal } from "../../protocol/identity";
import type { Message } from "../../protocol/message";
import type { ListTasks } from "../../protocol/rest/list-tasks";
import type {
  AckNotifications,
  ListNotifications,
  UnreadCount,
} from "../../protocol/rest/notifications";
import type { Page } from "../../protocol/rest/page";
import type { FoundPage, SearchMessages } from "../../protocol/rest/search";
import type { FoundFile, NewFile } from "../../protocol/rooms/files";
import type { Place } from "../../protocol/rooms/place";
import type { NewTurnHook, TurnHook, TurnNews } from "../../protocol/rooms/turn-hook";
import type { Session } from "../../protocol/session";
import type { Task } from "../../protocol/task";
import type { KeptNotification } from "../../protocol/user-events";
import type {
  CreatedWebhook,
  CreateWebhook,
  Delivery,
  PatchWebhook,
  Webhook,
} from "../../protocol/webhooks";
import type { NewFork, NewTask } from "../task-room/api";
import type { Version } from "./tasks/version";

export type OpenSession = {
  userId: string;
  taskId: string;
  connectionId: string;
  /** Presented by the client; absent makes a session. */
  recoveryToken?: string;
  /** The API key that the connection comes with; absent for a token. */
  keyId?: string;
  /** Where the user is, as far as is known. */
  near?: Place;
};

export type OpenedSession = { session: Session; recoveryToken: string; resumed: boolean };
export type SessionGrant = { session: Session; recoveryToken: string };

export type PageQuery = { limit: number; cursor?: string | undefined };

/** A message as it is searched: what was said, and where. */
export type SaidText = Pick<Message, "id" | "seq" | "threadId" | "role" | "createdAt" | "content">;

/** What a stretch of a task's log says of its messages. */
export type Said = {
  /** The stretch: the events with `after < seq <= through`. */
  after: number;
  through: number;
  /** Messages that something else has taken the place of; before those that came. */
  gone: string[];
  texts: SaidText[];
};

/** What a task's room tells a member: in order, and again until it has been answered. */
export type TaskNews = {
  taskId: string;
  epoch: string;
  items: UserNews[];
  /** Who made the task, where that is somebody else. */
  inviter?: string;
  /** Which of its turns wait for somebody, or are over. Absent from rooms of the last release. */
  turns?: TurnNews[];
  /** The task as this user's list has it, at its `headSeq`. Absent from rooms of the last release. */
  entry?: Task;
  /** What is to be searched of it; absent from rooms of the last release, and of ephemeral tasks. */
  said?: Said;
  /** The `seq` with which the user went: the task is in the list no more. */
  left?: number;
};

/** An `Idempotency-Key`, and the body that it came with. */
export type OnceKey = { key: string; bodyHash: string };
/** `isNew`: made for this request, or for the one that it repeats. */
export type CreatedTask = { task: Task; isNew: boolean };

/** `to` is a copy of messages of `from`, which carries these files. */
export type ShareFiles = {
  from: string;
  to: string;
  fileIds: string[];
  /** Those that as many tasks carry as may are left out; else they refuse all. */
  isPartial?: boolean;
};

/**
 * What a home answers about its user's files (contract section 13). A file is being written, then lone,
 * then carried by tasks; each carrier is asked for after a while whether it is one. All may be repeated.
 */
export interface HomeFilesApi {
  /**
   * Takes a file into account before its first byte is stored; in an hour it must be. Gives the file where it is
   * there already. `taskId`: a task that carries it from the beginning. Refuses with `quota_exceeded`.
   */
  reserveFile(file: NewFile, taskId?: string): Promise<Outcome<File | null>>;
  /** All of it is stored: it can be read from here on. `not_found` where the home has given it up. */
  finishFile(fileId: string, sha256: string): Promise<Outcome<File>>;
  /** It will not be written: nothing is left of it. */
  abandonFile(fileId: string): Promise<void>;
  /** For whoever reads it. */
  findFile(fileId: string): Promise<Outcome<FoundFile>>;
  /** For its creator; `in_use` where a message carries it. */
  removeFile(fileId: string): Promise<Outcome<null>>;
  /** Takes a task for a carrier of the user's own files, all or none; gives those that are there. */
  claimFiles(taskId: string, fileIds: string[]): Promise<Outcome<Attachment[]>>;
  /** Takes a task for a carrier of what another task carries, whoever made the copy; gives those that are there. */
  shareFiles(share: ShareFiles): Promise<Outcome<string[]>>;
  /** Asks a task now about what it was taken for a carrier of: it may not have become one. */
  settleFiles(taskId: string): Promise<void>;
  /**
   * A task is gone: what it alone carried is erased. `carried`: the user's files that it did carry; of a room of the
   * last release, all that it was taken for a carrier of.
   */
  releaseFiles(taskId: string, carried?: string[]): Promise<void>;
  /** Those of these files that the home knows nothing of. */
  unknownFiles(fileIds: string[]): Promise<string[]>;
}

/** What a user's room answers over RPC (contract sections 3, 6, 7, 9, 11 and 13). */
export interface UserRoomApi extends HomeFilesApi {
  /**
   * Makes a task, or gives the one that its key or its `Idempotency-Key` stands for. From then on it is in
   * the list. Asks no room but the task's own.
   */
  createTask(principal: Principal, input: NewTask, once?: OnceKey): Promise<Outcome<CreatedTask>>;
  /** The same with a task that begins with the history of another: asks its room, which asks the other's. */
  forkTask(principal: Principal, input: NewFork, once?: OnceKey): Promise<Outcome<CreatedTask>>;
  /**
   * The user's tasks as their rooms last said they are. Asks nobody but once for what the last release
   * knew; `unavailable` where that can't be had.
   */
  listTasks(userId: string, query: ListTasks): Promise<Outcome<Page<Task>>>;
  /** Those of these tasks that are in the user's list. Asks nobody. */
  listedAmong(taskIds: string[]): Promise<string[]>;
  /** The user's messages that have all that is asked for. Asks rooms only for what they have not told. */
  search(userId: string, query: SearchMessages): Promise<Outcome<FoundPage>>;
  /** A connection opens: makes or resumes a session and counts the connection. */
  openSession(input: OpenSession): Promise<Outcome<OpenedSession>>;
  /** `POST /sessions`: a session without a connection yet. */
  createSession(userId: string, taskId: string): Promise<Outcome<SessionGrant>>;
  /** `POST /sessions/recover`: the same session, a new token. */
  recoverSession(userId: string, recoveryToken: string): Promise<Outcome<SessionGrant>>;
  listSessions(
    userId: string,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<Outcome<Page<Session>>>;
  /** Ends the session and has its connections closed, also those that are being opened. */
  revokeSession(userId: string, sessionId: string): Promise<Outcome<null>>;
  /** A connection has sent its first command: the tokens before its own are used up. */
  confirmConnection(sessionId: string, connectionId: string): Promise<void>;
  /** A connection is gone; `lastActiveAt` in milliseconds since 1970. */
  closeConnection(sessionId: string, connectionId: string, lastActiveAt: number): Promise<void>;
  /**
   * Revokes an API key: from here on nothing opens with it. Its row and its open sockets go now, or
   * by the alarm. `not_found` where there was no such key; `unavailable` where its row is still there.
   */
  revokeKey(userId: string, keyId: string): Promise<Outcome<null>>;
  /** The last release's worker revokes keys itself: the tasks in which the user has connections. */
  connectedTasks(): Promise<string[]>;
  /** The same worker's: closes what came with the key to this very room. */
  closeKey(keyId: string): Promise<void>;
  /**
   * A task was erased, or the user is none of its members any more: its sessions and notifications go.
   * `left`: as of when, so that it takes nothing from one who has come back since.
   */
  forgetTask(taskId: string, left?: Version): Promise<void>;

  /** Idempotent: what was heard before, by (task, epoch, seq, n), changes nothing. */
  deliver(news: TaskNews): Promise<void>;
  listNotifications(query: ListNotifications): Promise<Outcome<Page<KeptNotification>>>;
  acknowledge(which: AckNotifications): Promise<Outcome<UnreadCount>>;
  createWebhook(input: CreateWebhook): Promise<Outcome<CreatedWebhook>>;
  listWebhooks(query: PageQuery): Promise<Outcome<Page<Webhook>>>;
  patchWebhook(webhookId: string, patch: PatchWebhook): Promise<Outcome<Webhook>>;
  rotateWebhookSecret(webhookId: string): Promise<Outcome<CreatedWebhook>>;
  testWebhook(webhookId: string): Promise<Outcome<Delivery>>;
  removeWebhook(webhookId: string): Promise<Outcome<null>>;
  listDeliveries(webhookId: string, query: PageQuery): Promise<Outcome<Page<Delivery>>>;
  /** Sends a delivery again, now and under its own id; also one of a paused webhook. */
  retryDelivery(webhookId: string, deliveryId: string): Promise<Outcome<Delivery>>;
  /** Has an address told of one turn; one of the same name is replaced. */
  putTurnHook(input: NewTurnHook): Promise<Outcome<TurnHook>>;
  listTurnHooks(turnId: string): Promise<TurnHook[]>;
  removeTurnHook(turnId: string, name: string): Promise<void>;
  /** How a turn was found: where it was over, or waited, before its hook was there, nobody tells it. */
  tellTurnHooks(taskId: string, news: TurnNews): Promise<void>;
  /** Seals what is stored here with the first `SECRETS_KEY`; may be repeated. */
  reseal(): Promise<ResealCount>;
}

/** Header that marks an upgrade as the guard of an event stream, which ends with the stream's API key. */
export const KEY_GUARD_HEADER = "taskroom-key-guard";
