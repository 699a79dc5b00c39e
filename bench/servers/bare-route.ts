import { Hono } from "hono";

type Bindings = { DB: D1Database };

/** What REST routes cost at least: a D1 statement and nothing around it, not even identity. */
const app = new Hono<{ Bindings: Bindings }>();

const INSERT = `INSERT INTO tasks (id, title, title_folded, team_namespace, team_name, status,
  labels, metadata, created_by, created_at, updated_at, head_seq, epoch, projected_seq)
  VALUES (?, ?, ?, 'system', 'assistant', 'PENDING', '{}', '{}', ?, ?, ?, 1, 'e', 1)`;
const INSERT_MEMBER = `INSERT INTO task_members (entry, task_id, user_id, role, status)
  VALUES (?, ?, ?, 'owner', 'PENDING')`;
const LIST = `SELECT tasks.*, task_members.role FROM task_members
  INNER JOIN tasks ON tasks.id = task_members.task_id WHERE task_members.user_id = ?
  ORDER BY task_members.entry DESC LIMIT 51`;
const MESSAGES = "SELECT * FROM messages WHERE task_id = ? ORDER BY seq DESC LIMIT 51";

let made = 0;

app.post("/api/v1/tasks", async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  const id = `task_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
  const user = c.req.header("x-user") ?? "";
  const now = new Date().toISOString();
  // As Taskroom numbers them: by time, and within a moment by something else; below 2^53.
  const entry = Date.now() * 2 ** 12 + (made++ % 2 ** 12);
  const { DB } = c.env;
  await DB.batch([
    DB.prepare(INSERT).bind(id, title, title, user, now, now),
    DB.prepare(INSERT_MEMBER).bind(entry, id, user),
  ]);
  return c.json({ id, title, status: "PENDING", createdAt: now }, 201);
});

app.get("/api/v1/tasks", async (c) => {
  const { results } = await c.env.DB.prepare(LIST)
    .bind(c.req.header("x-user") ?? "")
    .all();
  return c.json({ items: results.slice(0, 50), nextCursor: null });
});

app.get("/api/v1/messages", async (c) => {
  const { results } = await c.env.DB.prepare(MESSAGES)
    .bind(c.req.query("taskId") ?? "")
    .all();
  return c.json({ items: results.slice(0, 50).reverse(), nextCursor: null });
});

app.post("/fill", async (c) => {
  const { taskId, messages } = await c.req.json<{ taskId: string; messages: number }>();
  const insert = c.env.DB.prepare(
    `INSERT INTO messages (id, task_id, seq, turn_id, thread_id, role, content, status, created_at,
      metadata) VALUES (?, ?, ?, 'turn', 'main', 'user', ?, 'complete', ?, '{}')`,
  );
  const now = new Date().toISOString();
  const numbers = Array.from({ length: messages }, (_, i) => i + 1);
  await c.env.DB.batch(
    numbers.map((seq) => insert.bind(`${taskId}-${seq}`, taskId, seq, `message ${seq}`, now)),
  );
  return c.json({});
});

export default app;
