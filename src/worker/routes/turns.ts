import { Hono } from "hono";
import { taskId, turnId } from "../../protocol/ids";
import { listTurns } from "../../protocol/rest/list-turns";
import {
  confirmTurn,
  giveOutput,
  guideTurn,
  interruptTurn,
  retryTurn,
} from "../../protocol/rest/turn-actions";
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

turns.post("/:turnId/retry", async (c) => {
  const { task, turn } = idsOf(c);
  await readBody(c.req.raw, retryTurn);
  const retried = await once(() => taskRoom(c.env, task).retryTurn(c.var.principal, turn));
  return c.json({ turn: answerOf(retried) }, 202);
});

turns.post("/:turnId/confirm", async (c) => {
  const { task, turn } = idsOf(c);
  const input = await readBody(c.req.raw, confirmTurn);
  const room = taskRoom(c.env, task);
  const confirmed = await once(() => room.confirmTurn(c.var.principal, turn, input));
  return c.json({ turn: answerOf(confirmed) }, 202);
});

turns.post("/:turnId/tool-outputs", async (c) => {
  const { task, turn } = idsOf(c);
  const input = await readBody(c.req.raw, giveOutput);
  const room = taskRoom(c.env, task);
  const given = await once(() => room.giveOutput(c.var.principal, turn, input));
  return c.json({ turn: answerOf(given) }, 202);
});

turns.post("/:turnId/guide", async (c) => {
  const { task, turn } = idsOf(c);
  const { content } = await readBody(c.req.raw, guideTurn);
  const room = taskRoom(c.env, task);
  const guided = await once(() => room.guideTurn(c.var.principal, turn, content));
  return c.json({ turn: answerOf(guided) }, 202);
});
