/**
 * The tables of a task's room. `WITHOUT ROWID` and no secondary indexes on what every turn writes: each
 * would be one more row written per change, and a turn is meant to cost about a dozen.
 */
export const ROOM_STEPS: readonly string[] = [
  // One row: the task and who may do what in it.
  "CREATE TABLE room (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT",
  // A resolved team, written when it changes.
  "CREATE TABLE plans (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
  // Events that were committed together are one row, or several where they are over a row's bound;
  // `entries` counts those of type `log`.
  `CREATE TABLE log (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL,
    at INTEGER NOT NULL, entries INTEGER NOT NULL, events TEXT NOT NULL) STRICT`,
  `CREATE TABLE turns (id TEXT PRIMARY KEY, status TEXT NOT NULL, closed_at INTEGER,
    body TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // Results of closed steps, whole; a step that runs again writes over its own.
  `CREATE TABLE results (turn_id TEXT NOT NULL, step TEXT NOT NULL, run INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (turn_id, step)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, thread_id TEXT NOT NULL,
    role TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
  // What a client's own id was answered with, so that the same request gives the same answer.
  `CREATE TABLE client_keys (key TEXT PRIMARY KEY, asked TEXT NOT NULL, reply TEXT NOT NULL,
    at INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  // How far each destination has been told.
  "CREATE TABLE outbox (destination TEXT PRIMARY KEY, cursor INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  // The first `seq` from which on the room holds all there is of something.
  "CREATE TABLE kept (what TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  // The rows with entries of type `log`: chats have none, so that their turns write nothing into it.
  "CREATE INDEX log_with_entries ON log (first_seq) WHERE entries > 0",
  // A destination that can't be reached is tried again at that time, also by another instance.
  "ALTER TABLE outbox ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE outbox ADD COLUMN retry_at INTEGER",
  // Members whose own rooms can't be reached, and since when.
  "CREATE TABLE unreached (user_id TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID",
  // What a tool took or gave (`call` of a round; -1: of the round itself) where its event shows it cut.
  `CREATE TABLE tool_values (turn_id TEXT NOT NULL, step TEXT NOT NULL, round INTEGER NOT NULL,
    call INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (turn_id, step, round, call, kind)) STRICT, WITHOUT ROWID`,
  // Rounds of steps that ended without an answer: a turn that is tried again goes on from them.
  `CREATE TABLE rounds (turn_id TEXT NOT NULL, step TEXT NOT NULL, round INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (turn_id, step, round)) STRICT, WITHOUT ROWID`,
  // Parts of the work of agents in code; without a body one has begun, and nobody knows how it ended.
  `CREATE TABLE parts (turn_id TEXT NOT NULL, step TEXT NOT NULL, run INTEGER NOT NULL,
    key TEXT NOT NULL, body TEXT, PRIMARY KEY (turn_id, step, run, key)) STRICT, WITHOUT ROWID`,
  // How far the room's own history has been told. Code of before there were several tells the control
  // database and moves the cursor alone: what it told there is told again where it belongs.
  "ALTER TABLE outbox ADD COLUMN history_cursor INTEGER",
  // What took a message's place. Its body is as it was committed.
  "ALTER TABLE messages ADD COLUMN superseded_by TEXT",
  // The turns that answer a message anew: few, and no other turn writes a row of it.
  `CREATE INDEX turns_anew ON turns (body ->> '$.turn.messageId')
    WHERE body ->> '$.turn.regenerates' IS NOT NULL`,
  // Files that the task carries, and in whose homes they are.
  "CREATE TABLE files (id TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID",
];
