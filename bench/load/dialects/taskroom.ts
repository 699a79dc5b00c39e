import { randomUUID } from "node:crypto";
import type { Seat } from "../wire-socket";
import type { Dialect, Heard, Room, Session } from "./dialect";
import { call } from "./taskroom-rest";
import { tokenOf } from "./token";

type Frame = {
  type: string;
  seq?: number;
  ref?: string;
  error?: unknown;
  data: {
    delta?: string;
    offset?: number;
    message?: { content: string };
    status?: string;
    previous?: string;
    sessionId?: string;
    epoch?: string;
    recoveryToken?: string;
    headSeq?: number;
  };
};
type Batch = { type: "batch"; data: Frame[] };

/** Devices of each person in a room; of a crowd's, more, since a task has at most 100 members. */
const DEVICES = { usually: 5, inACrowd: 10 };
const CROWD = 500;

export const taskroom: Dialect = {
  room: (port, clients, toolsUrl) => newRoom(port, clients, toolsUrl),
  greets: true,
  decode(text) {
    const frame: Frame | Batch = JSON.parse(text);
    return isBatch(frame) ? frame.data.flatMap(heardOf) : heardOf(frame);
  },
  resume(seat, { epoch = "", headSeq = 0, token = "" }) {
    const [path = ""] = seat.path.split("?");
    const query = new URLSearchParams({ after: String(headSeq), epoch });
    const protocols = `taskroom.v1, taskroom.resume.${token}`;
    const headers = { ...seat.headers, "Sec-WebSocket-Protocol": protocols };
    return { seat: { ...seat, path: `${path}?${query}`, headers } };
  },
  start: (content) => JSON.stringify({ type: "chat:send", id: randomUUID(), data: { content } }),
  nudge: (content) => JSON.stringify({ type: "chat:send", id: randomUUID(), data: { content } }),
};

/** A task of people with five devices each. */
async function newRoom(port: number, clients: number, toolsUrl?: string): Promise<Room> {
  const devices = clients > CROWD ? DEVICES.inACrowd : DEVICES.usually;
  const users = Array.from({ length: Math.ceil(clients / devices) }, () => `u-${randomUUID()}`);
  const [owner = "", ...others] = users;
  const members = others.map((userId) => ({ userId, role: "editor" }));
  const team = toolsUrl === undefined ? {} : await teamWith(port, owner, toolsUrl);
  const { id } = await call<{ id: string }>(port, owner, "POST", "/tasks", { members, ...team });
  const seats = Array.from({ length: clients }, (_, i) =>
    seatOf(port, id, users[Math.floor(i / devices)] ?? owner),
  );
  return { id, seats };
}

async function teamWith(port: number, owner: string, url: string): Promise<{ teamRef: string }> {
  const ref = `${owner}/tools`;
  const make = (kind: string, spec: object) =>
    call(port, owner, "POST", `/${kind}`, { metadata: { name: "tools" }, spec });
  await make("ghosts", { systemPrompt: "Look.", mcpServers: { desk: { url } } });
  await make("bots", { ghostRef: ref });
  const members = [{ role: "assistant", botRef: ref }];
  await make("teams", { collaboration: "solo", members });
  return { teamRef: ref };
}

/** A seat in a task; from a `seq` on, where one is given. */
export function seatOf(port: number, taskId: string, user: string, place?: Place): Seat {
  const query = place === undefined ? "" : `?after=${place.after}`;
  return {
    port,
    path: `/api/v1/tasks/${taskId}/chat${query}`,
    headers: {
      Authorization: `Bearer ${tokenOf(user)}`,
      "Sec-WebSocket-Protocol": "taskroom.v1",
    },
  };
}

type Place = { after: number };

function isBatch(frame: Frame | Batch): frame is Batch {
  return frame.type === "batch";
}

function heardOf({ type, seq, data, error }: Frame): Heard[] {
  if (error) throw new Error(`refused: ${JSON.stringify(error)}`);
  const logged = seq === undefined ? [] : [loggedOf(type, seq, data.status)];
  switch (type) {
    case "session:ready":
      return [{ type: "ready", session: sessionOf(data) }];
    case "chat:chunk":
      return [{ type: "text", text: data.delta ?? "", offset: data.offset ?? 0 }];
    case "chat:done":
      return [...logged, { type: "end", text: data.message?.content ?? "" }];
    case "chat:error":
      throw new Error(`the turn failed: ${JSON.stringify(data)}`);
    case "ack":
      return [{ type: "ack", data }];
    default:
      return logged;
  }
}

function loggedOf(event: string, seq: number, status: string | undefined): Heard {
  return { type: "logged", seq, event, ...(status !== undefined && { status }) };
}

function sessionOf({ epoch, recoveryToken, headSeq }: Frame["data"]): Session {
  return {
    ...(epoch !== undefined && { epoch }),
    ...(recoveryToken !== undefined && { token: recoveryToken }),
    ...(headSeq !== undefined && { headSeq }),
  };
}
