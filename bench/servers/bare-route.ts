import { Hono } from "hono";
import { fillD1 } from "./fill";
import { LIST_MESSAGES, LIST_TASKS, newTaskId, taskRows } from "./statements";

type Bindings = { DB: D1Database };

/** What REST routes cost at least: a D1 statement and nothing around it, not even identity. */
const app = new Hono<{ Bindings: Bindings }>();

app.post("/api/v1/tasks", async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  const id = newTaskId();
  const user = c.req.header("x-user") ?? "";
  await c.env.DB.batch(taskRows(c.env.DB, { id, title, user }));
  return c.json({ id, title, status: "PENDING" }, 201);
});

app.get("/api/v1/tasks", async (c) => {
  const { results } = await c.env.DB.prepare(LIST_TASKS)
    .bind(c.req.header("x-user") ?? "")
    .all();
  return c.json({ items: results.slice(0, 50), nextCursor: null });
});

app.get("/api/v1/messages", async (c) => {
  const { results } = await c.env.DB.prepare(LIST_MESSAGES)
    .bind(c.req.query("taskId") ?? "")
    .all();
  return c.json({ items: results.slice(0, 50).reverse(), nextCursor: null });
});

app.post("/fill", async (c) => {
  const { taskId, messages } = await c.req.json<{ taskId: string; messages: number }>();
  await fillD1(c.env.DB, taskId, messages);
  return c.json({});
});

export default app;
