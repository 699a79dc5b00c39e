import type { Outcome } from "../../protocol/errors";
import type { Page } from "../../protocol/rest";
import type { Session } from "../../protocol/session";

export type OpenSession = {
  userId: string;
  taskId: string;
  connectionId: string;
  /** Presented by the client; absent makes a session. */
  recoveryToken?: string;
};

export type OpenedSession = { session: Session; recoveryToken: string; resumed: boolean };
export type SessionGrant = { session: Session; recoveryToken: string };

/** What a user's room answers over RPC about sessions (contract section 6). */
export interface UserRoomApi {
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
  /** Ends the session and closes its connections. */
  revokeSession(userId: string, sessionId: string): Promise<Outcome<null>>;
  /** A connection has sent its first command: the tokens before its own are used up. */
  confirmConnection(sessionId: string, connectionId: string): Promise<void>;
  /** A connection is gone; `lastActiveAt` in milliseconds since 1970. */
  closeConnection(sessionId: string, connectionId: string, lastActiveAt: number): Promise<void>;
  /** The tasks in which the user has connections, as far as is known here. */
  connectedTasks(): Promise<string[]>;
  /** A task was erased: its sessions go too. */
  forgetTask(taskId: string): Promise<void>;
}
