/** The tables of a user's room, as steps for `migrate`; times are milliseconds since 1970. */
export const USER_ROOM_STEPS = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     task_id TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     last_active_at INTEGER NOT NULL,
     ended_at INTEGER,
     closing INTEGER NOT NULL,
     failures INTEGER NOT NULL,
     retry_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE connections (
     id TEXT PRIMARY KEY,
     session_id TEXT NOT NULL,
     opened_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE recovery_tokens (
     position INTEGER PRIMARY KEY,
     hash TEXT NOT NULL UNIQUE,
     session_id TEXT NOT NULL,
     parent TEXT,
     connection_id TEXT
   ) STRICT;
   CREATE INDEX recovery_tokens_by_session ON recovery_tokens (session_id);`,
] as const;
