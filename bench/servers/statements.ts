/** D1 statements as bare as they get; the columns are those of Taskroom's migrations. */
export const INSERT_TASK = `INSERT INTO tasks (id, title, title_folded, team_namespace, team_name, status,
  labels, metadata, created_by, created_at, updated_at, head_seq, epoch, projected_seq)
  VALUES (?, ?, ?, 'system', 'assistant', 'PENDING', '{}', '{}', ?, ?, ?, 1, 'e', 1)`;
export const INSERT_MEMBER = `INSERT INTO task_members (entry, task_id, user_id, role, status)
  VALUES (?, ?, ?, 'owner', 'PENDING')`;
export const LIST_TASKS = `SELECT tasks.*, task_members.role FROM task_members
  INNER JOIN tasks ON tasks.id = task_members.task_id WHERE task_members.user_id = ?
  ORDER BY task_members.entry DESC LIMIT 51`;
export const LIST_MESSAGES = "SELECT * FROM messages WHERE task_id = ? ORDER BY seq DESC LIMIT 51";
export const INSERT_MESSAGE = `INSERT INTO messages (id, task_id, seq, turn_id, thread_id, role, content,
  status, created_at, metadata) VALUES (?, ?, ?, 'turn', 'main', 'user', ?, 'complete', ?, '{}')`;
export const UPDATE_TASK = "UPDATE tasks SET status = ?, updated_at = ?, head_seq = ? WHERE id = ?";
export const UPDATE_MEMBERS = "UPDATE task_members SET status = ? WHERE task_id = ?";
export const FIND_TEAM = `SELECT * FROM resources
  WHERE namespace = 'system' AND kind = 'Team' AND name = 'assistant'`;

let made = 0;

/** A task's rows as one batch. */
export function taskRows(db: D1Database, { id, title, user }: NewRow): D1PreparedStatement[] {
  const now = new Date().toISOString();
  // As Taskroom numbers them: by time, and within a moment by something else; below 2^53.
  const entry = Date.now() * 2 ** 12 + (made++ % 2 ** 12);
  return [
    db.prepare(INSERT_TASK).bind(id, title, title, user, now, now),
    db.prepare(INSERT_MEMBER).bind(entry, id, user),
  ];
}

type NewRow = { id: string; title: string; user: string };

export function newTaskId(): string {
  return `task_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
}
