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
  // One row: which log this is.
  `CREATE TABLE mailbox (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL) STRICT;
   CREATE TABLE log (
     seq INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     event TEXT NOT NULL
   ) STRICT;
   CREATE TABLE notifications (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     task_id TEXT,
     at INTEGER NOT NULL,
     acknowledged_at INTEGER,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX notifications_unread ON notifications (seq) WHERE acknowledged_at IS NULL;
   -- How far each task's room has been heard: what comes again is no news.
   CREATE TABLE heard (
     task_id TEXT PRIMARY KEY,
     epoch TEXT NOT NULL,
     seq INTEGER NOT NULL,
     n INTEGER NOT NULL,
     at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // `succeeded_at`: when an endpoint last took something; `secret` is sealed.
  `CREATE TABLE webhooks (
     id TEXT PRIMARY KEY,
     body TEXT NOT NULL,
     secret TEXT NOT NULL,
     paused TEXT,
     succeeded_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE deliveries (
     position INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     webhook_id TEXT NOT NULL,
     task_id TEXT NOT NULL,
     type TEXT NOT NULL,
     payload TEXT NOT NULL,
     status TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     give_up_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     attempted_at INTEGER,
     answered INTEGER
   ) STRICT;
   CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, position);
   CREATE INDEX deliveries_pending ON deliveries (webhook_id, task_id, position)
     WHERE status = 'pending';`,
  // `key_id` of a connection: empty for a token, NULL where an older version wrote the row.
  `ALTER TABLE connections ADD COLUMN key_id TEXT;
   CREATE TABLE revoked_keys (
     key_id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX revoked_keys_by_time ON revoked_keys (at);
   -- What is still to be done about a revoked key: in a task's room, or where keys are looked up.
   CREATE TABLE errands (
     key_id TEXT NOT NULL,
     place TEXT NOT NULL,
     failures INTEGER NOT NULL,
     retry_at INTEGER NOT NULL,
     PRIMARY KEY (key_id, place)
   ) STRICT, WITHOUT ROWID;
   -- Parts of the alarm that failed, and until when they are left alone.
   CREATE TABLE rests (
     part TEXT PRIMARY KEY,
     failures INTEGER NOT NULL,
     until INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // `inviter`: who made the task, empty where it is the user's own. `through`: the bytes of the log
  // up to and with an event. `has_left`: the user is no member, what is on its way is not wanted.
  `ALTER TABLE notifications ADD COLUMN inviter TEXT NOT NULL DEFAULT '';
   ALTER TABLE notifications ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
   UPDATE notifications SET bytes = length(body);
   CREATE INDEX notifications_by_inviter ON notifications (inviter, seq, bytes);
   CREATE INDEX notifications_by_task ON notifications (task_id);
   ALTER TABLE log ADD COLUMN through INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE heard ADD COLUMN inviter TEXT NOT NULL DEFAULT '';
   ALTER TABLE heard ADD COLUMN has_left INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX heard_by_inviter ON heard (inviter, at);`,
  // `held`: paused by hand. The indexes have all that looking for work asks, so that no payload is read.
  `ALTER TABLE webhooks ADD COLUMN old_secret TEXT;
   ALTER TABLE webhooks ADD COLUMN old_secret_until INTEGER;
   ALTER TABLE webhooks ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE deliveries ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
   UPDATE deliveries SET bytes = length(payload);
   DROP INDEX deliveries_pending;
   DROP INDEX deliveries_by_webhook;
   CREATE INDEX deliveries_waiting ON deliveries (webhook_id, task_id, position, due_at, bytes)
     WHERE status = 'pending';
   CREATE INDEX deliveries_listed ON deliveries (webhook_id, position, status, bytes);`,
  // `entry`: milliseconds of the task's creation times 2^20, and a number within them; as in D1, so that
  // cursors of the last release go on. `inviter`: who made the task, empty where the user did.
  `CREATE TABLE tasks (
     entry INTEGER PRIMARY KEY,
     task_id TEXT NOT NULL UNIQUE,
     epoch TEXT NOT NULL,
     seq INTEGER NOT NULL,
     inviter TEXT NOT NULL,
     status TEXT NOT NULL,
     is_waiting INTEGER NOT NULL,
     key TEXT,
     team TEXT NOT NULL,
     labels TEXT NOT NULL,
     title_folded TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX tasks_by_status ON tasks (status);
   CREATE INDEX tasks_waiting ON tasks (is_waiting) WHERE is_waiting = 1;
   CREATE INDEX tasks_by_key ON tasks (key) WHERE key IS NOT NULL;
   CREATE INDEX tasks_by_inviter ON tasks (inviter) WHERE inviter <> '';
   CREATE INDEX tasks_of_others ON tasks (entry) WHERE inviter <> '';
   -- What lists are filtered by besides the status, in terms, under the same entry.
   CREATE VIRTUAL TABLE task_search USING fts5(
     terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
   );
   -- What every inviter's tasks take here; under the empty name those of all of them.
   CREATE TABLE inviters (
     inviter TEXT PRIMARY KEY,
     entries INTEGER NOT NULL,
     bytes INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   -- Tasks that were in the list: what is said of them late must not bring them back.
   CREATE TABLE gone (
     position INTEGER PRIMARY KEY,
     task_id TEXT NOT NULL UNIQUE,
     epoch TEXT NOT NULL,
     seq INTEGER NOT NULL
   ) STRICT;
   -- Tasks whose rooms have to be asked how they are.
   CREATE TABLE wanted (
     task_id TEXT PRIMARY KEY,
     failures INTEGER NOT NULL,
     retry_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX wanted_by_time ON wanted (retry_at);
   -- Which task a task's key, or an Idempotency-Key, stands for. No time that it ends for a made task's key.
   CREATE TABLE claims (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     task_id TEXT NOT NULL,
     body_hash TEXT,
     answer TEXT NOT NULL,
     is_made INTEGER NOT NULL,
     expires_at INTEGER,
     PRIMARY KEY (kind, name)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX claims_by_task ON claims (task_id);
   CREATE INDEX claims_by_time ON claims (expires_at) WHERE expires_at IS NOT NULL;
   -- One row: how far the list was filled from D1, where this home is older than its list.
   CREATE TABLE filling (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     phase TEXT NOT NULL,
     after TEXT NOT NULL
   ) STRICT;
   INSERT INTO filling (id, phase, after) VALUES (1, 'tasks', '');
   -- 1 where the list has what was heard, 2 where it has heard that the user left. Code that knows of no
   -- list writes 0, or leaves 1 where the user left: of these tasks the rooms are asked.
   ALTER TABLE heard ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX heard_unlisted ON heard (task_id)
     WHERE is_listed = 0 OR (is_listed = 1 AND has_left = 1);`,
  // Ephemeral tasks lie apart, so that a list without them passes over none. The last release's code may
  // have been told of some.
  `ALTER TABLE tasks ADD COLUMN is_ephemeral INTEGER NOT NULL DEFAULT 0;
   UPDATE tasks SET is_ephemeral = 1 WHERE body ->> '$.ephemeral';
   DROP INDEX tasks_by_status;
   CREATE INDEX tasks_by_status ON tasks (is_ephemeral, status);`,
  // Files of the user. Without `sha256` one is being written. `due_at`: when it goes unless it is done, or a
  // message carries it; none where one does.
  `CREATE TABLE files (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     media_type TEXT NOT NULL,
     size INTEGER NOT NULL,
     sha256 TEXT,
     created_at INTEGER NOT NULL,
     due_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX files_due ON files (due_at) WHERE due_at IS NOT NULL;
   -- One row: what all of them take.
   CREATE TABLE file_totals (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     files INTEGER NOT NULL,
     bytes INTEGER NOT NULL
   ) STRICT;
   INSERT INTO file_totals (id, files, bytes) VALUES (1, 0, 0);
   -- Which tasks carry them. \`claims\`: how often a task was taken for a carrier before it was known for one;
   -- \`ask_at\`: when it is to be asked, none where it is known.
   CREATE TABLE file_carriers (
     file_id TEXT NOT NULL,
     task_id TEXT NOT NULL,
     claims INTEGER NOT NULL,
     since INTEGER NOT NULL,
     ask_at INTEGER,
     PRIMARY KEY (file_id, task_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX file_carriers_by_task ON file_carriers (task_id);
   CREATE INDEX file_carriers_unknown ON file_carriers (ask_at) WHERE ask_at IS NOT NULL;
   -- Files that are no more, and whose bytes are still to be removed.
   CREATE TABLE file_removals (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  // What messages are searched by. A shelf is what is kept of one task: `through` which `seq` its room has
  // told, `head` the task's when its messages began to be asked for, `before` where that has got to. Without a
  // task it is to be cleared. All tasks of before this are still to be asked for; so are those that the last
  // release's code lists, which is why triggers keep the shelves.
  `CREATE TABLE shelves (
     shelf INTEGER PRIMARY KEY,
     task_id TEXT UNIQUE,
     epoch TEXT NOT NULL DEFAULT '',
     through INTEGER NOT NULL DEFAULT 0,
     head INTEGER NOT NULL DEFAULT 0,
     before TEXT NOT NULL DEFAULT '',
     is_whole INTEGER NOT NULL DEFAULT 0,
     withdrawals INTEGER NOT NULL DEFAULT 0,
     failures INTEGER NOT NULL DEFAULT 0,
     retry_at INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX shelves_unread ON shelves (retry_at, shelf DESC)
     WHERE is_whole = 0 AND task_id IS NOT NULL;
   CREATE INDEX shelves_gone ON shelves (shelf) WHERE task_id IS NULL;
   CREATE TRIGGER task_listed AFTER INSERT ON tasks WHEN new.is_ephemeral = 0 BEGIN
     INSERT OR IGNORE INTO shelves (task_id) VALUES (new.task_id);
   END;
   CREATE TRIGGER task_unlisted AFTER DELETE ON tasks BEGIN
     INSERT OR REPLACE INTO shelves (shelf)
       SELECT shelf FROM shelves WHERE task_id = old.task_id;
   END;
   INSERT INTO shelves (task_id) SELECT task_id FROM tasks WHERE is_ephemeral = 0;
   -- \`entry\`: milliseconds of the message's time times 2^20, and a number within them.
   CREATE TABLE texts (
     entry INTEGER PRIMARY KEY,
     shelf INTEGER NOT NULL,
     message_id TEXT NOT NULL,
     seq INTEGER NOT NULL,
     thread_id TEXT NOT NULL,
     role TEXT NOT NULL,
     created_at TEXT NOT NULL,
     inviter TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX texts_by_message ON texts (shelf, message_id);
   CREATE INDEX texts_by_inviter ON texts (inviter) WHERE inviter <> '';
   CREATE INDEX texts_of_others ON texts (entry) WHERE inviter <> '';
   CREATE VIRTUAL TABLE text_search USING fts5(
     terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '2 3'
   );
   -- Bytes of what is counted together.
   CREATE TABLE text_sums (
     name TEXT PRIMARY KEY,
     bytes INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   -- One row: whose home this is, once they have asked for something of theirs.
   CREATE TABLE owner (id INTEGER PRIMARY KEY CHECK (id = 1), user_id TEXT NOT NULL) STRICT;`,
  // Whom turns are told to; their deliveries have their ids. `told`: the log and the seq of the last.
  `CREATE TABLE turn_hooks (
     id TEXT PRIMARY KEY,
     task_id TEXT NOT NULL,
     turn_id TEXT NOT NULL,
     name TEXT NOT NULL,
     body TEXT NOT NULL,
     secret TEXT NOT NULL,
     told TEXT NOT NULL,
     is_over INTEGER NOT NULL,
     UNIQUE (turn_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX turn_hooks_by_task ON turn_hooks (task_id);`,
  // One row while the search's index has words of texts that are gone: when it is to be rid of them.
  `CREATE TABLE text_residue (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     due_at INTEGER NOT NULL
   ) STRICT;`,
  // `inviter`: who made the task, empty where it is the user's own. What the last release's code adds counts as
  // the user's own.
  `ALTER TABLE deliveries ADD COLUMN inviter TEXT NOT NULL DEFAULT '';
   CREATE INDEX deliveries_of_others ON deliveries (webhook_id, inviter, position, bytes)
     WHERE status = 'pending' AND inviter <> '';`,
] as const;
