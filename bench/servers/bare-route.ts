import { type Context, Hono } from "hono";

type Bindings = { DB: D1Database };
type Row = Record<string, unknown>;

/** What REST routes cost at least: the same D1 statements, nothing around them. */
const app = new Hono<{ Bindings: Bindings }>();

app.post("/tasks", async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  const id = `task_${crypto.randomUUID().replaceAll("-", "")}`;
  const now = new Date().toISOString();
  const { DB } = c.env;
  await DB.batch([
    DB.prepare(
      `INSERT INTO tasks (id, title, team, status, created_by, created_at, updated_at, epoch,
        projected_seq, body) VALUES (?, ?, 'system/assistant', 'PENDING', 'alice', ?, ?, '', 1, '{}')`,
    ).bind(id, title, now, now),
  ]);
  return c.json({ id, title, createdAt: now }, 201);
});

app.get("/tasks", (c) => list(c, "SELECT * FROM tasks ORDER BY id DESC LIMIT 50"));

async function list(c: Context<{ Bindings: Bindings }>, query: string, ...values: string[]) {
  const { results } = await c.env.DB.prepare(query)
    .bind(...values)
    .all<Row>();
  return c.json({ items: results, nextCursor: null });
}

export default app;
