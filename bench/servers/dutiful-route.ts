import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { type CallerEnv, callerOf } from "./caller";
import { messageAt } from "./fill";
import { LIST_TASKS, newTaskId, taskRows } from "./statements";

type Env = CallerEnv & {
  DB: D1Database;
  ROOM: DurableObjectNamespace<TaskObject>;
};

/** An object per task, as bare as it gets: what was made is stored in it, and an alarm is set. */
export class TaskObject extends DurableObject<Env> {
  create(title: string): void {
    this.#store({ title });
    this.ctx.waitUntil(this.ctx.storage.setAlarm(Date.now() + 3_600_000));
  }

  fill(taskId: string, count: number): void {
    for (let seq = 1; seq <= count; seq++) this.#store(messageAt(taskId, seq));
  }

  newest(): string[] {
    const rows = this.ctx.storage.sql.exec("SELECT body FROM log ORDER BY seq DESC LIMIT 51");
    return rows.toArray().map(({ body }) => String(body));
  }

  override alarm(): void {}

  #store(item: object): void {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT)");
    sql.exec("INSERT INTO log (body) VALUES (?)", JSON.stringify(item));
  }
}

/**
 * The floor of what the contract asks of a route: a token is verified, the caller's requests are
 * counted, and what belongs to one task is its object's to answer. Nothing is checked besides.
 */
const app = new Hono<{ Bindings: Env; Variables: { user: string } }>();

app.use("/api/*", async (c, next) => {
  c.set("user", await callerOf(c.req.header("authorization"), c.env));
  await next();
});

app.post("/api/v1/tasks", async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  const id = newTaskId();
  await c.env.ROOM.getByName(id).create(title);
  await c.env.DB.batch(taskRows(c.env.DB, { id, title, user: c.var.user }));
  return c.json({ id, title, status: "PENDING" }, 201);
});

app.get("/api/v1/tasks", async (c) => {
  const { results } = await c.env.DB.prepare(LIST_TASKS).bind(c.var.user).all();
  return c.json({ items: results.slice(0, 50), nextCursor: null });
});

app.get("/api/v1/messages", async (c) => {
  const bodies = await c.env.ROOM.getByName(c.req.query("taskId") ?? "").newest();
  const items = bodies.slice(0, 50).map((body) => JSON.parse(body));
  return c.json({ items: items.reverse(), nextCursor: null });
});

app.post("/fill", async (c) => {
  const { taskId, messages } = await c.req.json<{ taskId: string; messages: number }>();
  await c.env.ROOM.getByName(taskId).fill(taskId, messages);
  return c.json({});
});

export default app;
