import { Hono } from "hono";
import { taskId, turnId } from "../../protocol/ids";
import { interruptTurn, listTurns } from "../../protocol/rest";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";

export const turns = new Hono<AppEnv>();

function idsOf(c: AppContext): { task: string; turn: string } {
  return {
    task: readId(taskId, c.req.param("id")),
    turn: readId(turnId, c.req.param("turnId")),
  };
}

turns.get("/", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const query = readQuery(c.req.raw, listTurns);
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).turns(c.var.principal, query))));
});

turns.get("/:turnId", async (c) => {
  const { task, turn } = idsOf(c);
  return c.json(answerOf(await twice(() => taskRoom(c.env, task).turn(c.var.principal, turn))));
});

turns.post("/:turnId/interrupt", async (c) => {
  const { task, turn } = idsOf(c);
  const { reason } = await readBody(c.req.raw, interruptTurn);
  const room = taskRoom(c.env, task);
  const stopped = await once(() => room.interruptTurn(c.var.principal, turn, reason));
  return c.json({ turn: answerOf(stopped) }, 202);
});
