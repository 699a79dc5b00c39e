import { Hono } from "hono";
import { listKnown, reproject } from "../../protocol/operator/reproject";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { adminOnly } from "../middleware/admin-only";
import { readQuery } from "../query";
import { knownHistory, reprojectTasks } from "../reproject";

/** What an operator does where a database has lost rows. */
export const history = new Hono<AppEnv>();

history.post("/reproject", adminOnly, async (c) => {
  return c.json(await reprojectTasks(c.env, await readBody(c.req.raw, reproject)));
});

history.get("/tasks", adminOnly, async (c) => {
  return c.json(await knownHistory(c.env, readQuery(c.req.raw, listKnown)));
});
