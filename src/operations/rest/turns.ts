import { taskId, turnId } from "../../protocol/ids";
import { listTurns } from "../../protocol/rest/list-turns";
import {
  confirmTurn,
  giveOutput,
  guideTurn,
  interruptTurn,
  regenerateTurn,
  retryTurn,
} from "../../protocol/rest/turn-actions";
import type { Group } from "../operation";

const tag = "Turns";
const all = "/api/v1/tasks/{taskId}/turns";
const one = { tag, path: `${all}/{turnId}`, params: { taskId, turnId } } as const;
/** A command to a turn, which answers how the turn is now. */
const command = { ...one, method: "post", scope: "write", status: 202 } as const;

export const TURNS = {
  list: {
    id: "listTurns",
    tag,
    method: "get",
    path: all,
    params: { taskId },
    summary: "List a task's turns",
    scope: "read",
    query: listTurns,
    status: 200,
  },
  read: {
    ...one,
    id: "readTurn",
    method: "get",
    summary: "Read a turn",
    scope: "read",
    status: 200,
  },
  interrupt: {
    ...command,
    id: "interruptTurn",
    path: `${one.path}/interrupt`,
    summary: "Stop a turn",
    body: interruptTurn,
  },
  retry: {
    ...command,
    id: "retryTurn",
    path: `${one.path}/retry`,
    summary: "Try a turn again",
    body: retryTurn,
  },
  regenerate: {
    ...command,
    id: "regenerateTurn",
    path: `${one.path}/regenerate`,
    summary: "Answer a turn's message anew",
    body: regenerateTurn,
  },
  confirm: {
    ...command,
    id: "confirmTurn",
    path: `${one.path}/confirm`,
    summary: "Answer a step, or a call of a tool, that waits for a person",
    body: confirmTurn,
  },
  giveOutput: {
    ...command,
    id: "giveToolOutput",
    path: `${one.path}/tool-outputs`,
    summary: "Give what the client made of a call",
    body: giveOutput,
  },
  guide: {
    ...command,
    id: "guideTurn",
    path: `${one.path}/guide`,
    summary: "Steer the running turn",
    body: guideTurn,
  },
} as const satisfies Group;
