import { sql } from "drizzle-orm";
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/** A task as its room last projected it. Times are RFC 3339 text, which sorts as it reads. */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text().primaryKey(),
    title: text().notNull(),
    /** The title in its search form, for `q`: SQLite's own case folding knows ASCII only. */
    titleFolded: text("title_folded").notNull(),
    teamNamespace: text("team_namespace").notNull(),
    teamName: text("team_name").notNull(),
    status: text().notNull(),
    statusReason: text("status_reason"),
    labels: text({ mode: "json" }).notNull(),
    metadata: text({ mode: "json" }).notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    startedAt: text("started_at"),
    endedAt: text("ended_at"),
    progress: integer(),
    activeTurnId: text("active_turn_id"),
    headSeq: integer("head_seq").notNull(),
    epoch: text().notNull(),
    /** Through which `seq` of the log the rows of this task are written: the projector's guard. */
    projectedSeq: integer("projected_seq").notNull(),
    /** Milliseconds since 1970 of the room's next deadline. */
    wakeAt: integer("wake_at"),
    ephemeral: integer({ mode: "boolean" }),
  },
  (t) => [index("tasks_by_wake_at").on(t.wakeAt).where(sql`wake_at IS NOT NULL`)],
);

/**
 * Who may list which task. Every list is one user's, so with the user leading each index a page
 * is one range, whatever the others have. SQLite ends each index with the entry.
 *
 * The virtual table `task_search` (FTS5, in the migrations, with the triggers that keep it) has
 * under the same entry what else lists filter by: team, labels, and the title in pieces.
 */
export const taskMembers = sqliteTable(
  "task_members",
  {
    /** The place in every list: milliseconds of the task's creation times 2^20, and a number within them. */
    entry: integer().primaryKey(),
    taskId: text("task_id").notNull(),
    userId: text("user_id").notNull(),
    role: text().notNull(),
    status: text().notNull(),
  },
  (t) => [
    uniqueIndex("task_members_by_task").on(t.taskId, t.userId),
    index("task_members_newest").on(t.userId),
    index("task_members_by_status").on(t.userId, t.status),
  ],
);

export const messages = sqliteTable(
  "messages",
  {
    id: text().primaryKey(),
    taskId: text("task_id").notNull(),
    seq: integer().notNull(),
    turnId: text("turn_id").notNull(),
    threadId: text("thread_id").notNull(),
    role: text().notNull(),
    content: text().notNull(),
    thinking: text(),
    author: text({ mode: "json" }),
    bot: text(),
    status: text().notNull(),
    createdAt: text("created_at").notNull(),
    metadata: text({ mode: "json" }).notNull(),
    imported: integer({ mode: "boolean" }),
    /** Of the message, what no query asks for: few have any of it, and each column is one more to bind. */
    extra: text({ mode: "json" }),
    supersededBy: text("superseded_by"),
  },
  (t) => [
    // A page of several roles merges one range of each.
    index("messages_by_role").on(t.taskId, t.role, t.seq),
    index("messages_by_thread").on(t.taskId, t.threadId, t.role, t.seq),
  ],
);

/** Tombstones: a late projection must not bring an erased task back. */
export const deletedTasks = sqliteTable("deleted_tasks", {
  id: text().primaryKey(),
  deletedAt: text("deleted_at").notNull(),
});

/** How full each database of histories was when it was last looked at; only the control database has rows. */
export const historyShards = sqliteTable("history_shards", {
  /** The name of its binding. */
  name: text().primaryKey(),
  bytes: integer().notNull(),
  /** Whether it is so full that new tasks go elsewhere: the log has said so. */
  full: integer({ mode: "boolean" }).notNull().default(false),
  /** Milliseconds since 1970. */
  checkedAt: integer("checked_at").notNull(),
});

/** Who has made tasks whose history is elsewhere: where that is lost, the rooms are found through these users' homes. */
export const historyUsers = sqliteTable("history_users", { id: text().primaryKey() });

/** Which task an `Idempotency-Key` of `POST /tasks` stands for. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    userId: text("user_id").notNull(),
    key: text().notNull(),
    bodyHash: text("body_hash").notNull(),
    taskId: text("task_id").notNull(),
    /** Milliseconds since 1970. */
    createdAt: integer("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.key] }),
    index("idempotency_keys_by_age").on(t.createdAt),
  ],
);

/** API keys by the hash of their text, which is stored nowhere. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text().primaryKey(),
    userId: text("user_id").notNull(),
    hash: text().notNull(),
    name: text().notNull(),
    scopes: text({ mode: "json" }).notNull(),
    createdAt: text("created_at").notNull(),
    expiresAt: text("expires_at"),
    lastUsedAt: text("last_used_at"),
  },
  (t) => [uniqueIndex("api_keys_by_hash").on(t.hash), index("api_keys_by_user").on(t.userId, t.id)],
);

/** What users (and admins, in `system`) have described; what ships is not stored. */
export const resources = sqliteTable(
  "resources",
  {
    kind: text().notNull(),
    namespace: text().notNull(),
    name: text().notNull(),
    displayName: text("display_name"),
    labels: text({ mode: "json" }),
    /** Masks stand where `secrets` has the values. */
    spec: text({ mode: "json" }).notNull(),
    /** Sealed, by where they stand in the spec. */
    secrets: text({ mode: "json" }).notNull(),
    /** What the spec refers to: the source of `resource_refs`. */
    refs: text({ mode: "json" }).notNull(),
    version: integer().notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.namespace, t.kind, t.name] }),
    index("resources_newest").on(t.namespace, t.kind, t.createdAt, t.name),
  ],
);

/** Who refers to what; rewritten from the referring row in the batch that writes it. */
export const resourceRefs = sqliteTable(
  "resource_refs",
  {
    fromKind: text("from_kind").notNull(),
    fromNamespace: text("from_namespace").notNull(),
    fromName: text("from_name").notNull(),
    toKind: text("to_kind").notNull(),
    toNamespace: text("to_namespace").notNull(),
    toName: text("to_name").notNull(),
  },
  (t) => [
    primaryKey({
      columns: [t.fromNamespace, t.fromKind, t.fromName, t.toNamespace, t.toKind, t.toName],
    }),
    index("resource_refs_to").on(t.toNamespace, t.toKind, t.toName),
  ],
);

/** How far work has come that goes through everything there is, a piece at a time. */
export const sweeps = sqliteTable("sweeps", {
  name: text().primaryKey(),
  /** Where it goes on; empty where it has come to its end. */
  cursor: text().notNull(),
  /** When it last began anew; milliseconds since 1970. */
  begunAt: integer("begun_at").notNull(),
});
