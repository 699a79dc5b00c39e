import * as z from "zod";
import { until } from "../support/until";
import { FaultUser } from "./fault-user";
import { Opening } from "./opening";
import type { FaultRoom } from "./room";
import { Watcher } from "./watcher";

const made = z.looseObject({ id: z.string(), key: z.string() });
const session = z.looseObject({ sessionId: z.string(), recoveryToken: z.string() });

/** Something that lets somebody in, and that can be taken away. */
export type Grant = {
  /** Whose own room may have to do with it. */
  holder: string;
  /** What DELETE takes away. */
  path: string;
  open(): Opening;
};

export type Maker = (room: FaultRoom) => Promise<Grant>;

const streamOf = ({ stage, taskId }: FaultRoom, user: FaultUser) =>
  Opening.stream(`${stage.server.url}/api/v1/tasks/${taskId}/events`, user);

export async function newKey({ owner }: FaultRoom): Promise<{ path: string; user: FaultUser }> {
  const { id, key } = await owner.ask(made, "POST", "/api-keys", { name: "k", scopes: ["write"] });
  return { path: `/api-keys/${id}`, user: owner.with(key) };
}

function ofKey(open: (room: FaultRoom, user: FaultUser) => Opening): Maker {
  return async (room) => {
    const { path, user } = await newKey(room);
    return { holder: room.owner.name, path, open: () => open(room, user) };
  };
}

function ofMember(open: (room: FaultRoom, user: FaultUser) => Opening): Maker {
  return async (room) => {
    const { owner, taskId, stage } = room;
    const member = await FaultUser.of(stage.server, `${owner.name}-member`);
    const body = { userId: member.name, role: "editor" };
    await owner.ask(z.unknown(), "POST", `/tasks/${taskId}/members`, body);
    const path = `/tasks/${taskId}/members/${member.name}`;
    return { holder: member.name, path, open: () => open(room, member) };
  };
}

/** Presents the recovery token again and again: without one it would be another session. */
async function ofSession(room: FaultRoom): Promise<Grant> {
  const { owner, taskId } = room;
  const first = await Watcher.open(owner, taskId, { name: "a session's first" });
  const ready = () => first.frames.of("session:ready")[0];
  const { data } = await until("a session is there", ready);
  const { sessionId, recoveryToken } = session.parse(data);
  first.stop();
  const open = () => Opening.socket(owner.room(taskId, {}, { resume: recoveryToken }));
  return { holder: owner.name, path: `/sessions/${sessionId}`, open };
}

const socketOf = ({ taskId }: FaultRoom, user: FaultUser) => Opening.socket(user.room(taskId));
const FIRST = "before";
const LAST = "open";
const ON_A_SOCKET = [FIRST, "to the room", "asking", "answered", "from the room", LAST];
const ON_A_STREAM = [FIRST, "to the room", "from the room", LAST];

/** What is taken away, and each step of opening something with it at which it is. */
export const GRANTS: Record<string, { make: Maker; steps: string[] }> = {
  "key socket": { make: ofKey(socketOf), steps: ON_A_SOCKET },
  "key stream": {
    make: ofKey(streamOf),
    steps: [...ON_A_STREAM, "to the home", "from the home"],
  },
  "key home": {
    make: ofKey((_, user) => Opening.socket(user.own())),
    steps: [FIRST, "to the home", "from the home", LAST],
  },
  session: { make: ofSession, steps: ON_A_SOCKET },
  member: { make: ofMember(socketOf), steps: ON_A_SOCKET },
  "member stream": { make: ofMember(streamOf), steps: ON_A_STREAM },
};
