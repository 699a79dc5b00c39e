import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { reprojected } from "../../../src/protocol/operator/reproject";
import { until } from "../../support/until";
import { FaultUser } from "../fault-user";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const ROOMS = 5;
const STRUCK = "HISTORY_0";

const ids = z.array(z.string());
const stored = z.array(z.object({ shard: z.string(), tasks: ids, members: ids, messages: ids }));
const page = z.object({ items: z.array(z.looseObject({ id: z.string(), seq: z.int() })) });

function openAll(stage: Stage, random: Random): Promise<FaultRoom[]> {
  return Promise.all(Array.from({ length: ROOMS }, () => FaultRoom.open(stage, random)));
}

/** One of several databases is out: everybody's chat goes on, new tasks are made, and it is told later. */
async function playOut(stage: Stage, random: Random, is: string): Promise<Findings> {
  const rooms = await openAll(stage, random);
  await stage.turn("d1", { is, of: STRUCK });
  await Promise.all(rooms.map((room) => room.send()));
  rooms.push(await FaultRoom.open(stage, random));
  if (random.chance(0.5)) await stage.server.killRuntime();
  if (random.chance(0.5)) await stage.turn("d1", { is, of: STRUCK });
  await Promise.all(rooms.map((room) => room.send({ patient: true })));
  await stage.turn("d1", { is: "up" });
  return Promise.all(rooms.map(found));
}

/** A database has lost all its rows; rooms at work and at rest write them again. */
async function playLost(stage: Stage, random: Random): Promise<Findings> {
  const rooms = await openAll(stage, random);
  await Promise.all(rooms.map((room) => room.send()));
  if (random.chance(0.5)) await Promise.all(rooms.map((room) => room.rest()));
  for (const name of ["HISTORY_0", "HISTORY_1"]) await stage.turn("lose", { of: name });
  if (random.chance(0.5)) await stage.server.killRuntime();
  await rebuild(stage, rooms);
  await Promise.all(rooms.map((room) => room.send({ patient: true })));
  // Once more, while they are at work.
  await rebuild(stage, rooms);
  return Promise.all(rooms.map(found));
}

async function rebuild(stage: Stage, rooms: FaultRoom[]): Promise<void> {
  const operator = await FaultUser.of(stage.server, "operator", { scope: "admin" });
  const body = { taskIds: rooms.map(({ taskId }) => taskId) };
  const all = async () => {
    const done = await operator.ask(reprojected, "POST", "/history/reproject", body);
    return done.rewritten.length === rooms.length;
  };
  await until("all is written again", () => all().catch(() => false), stage.patienceMs);
}

/** One database has all that the room says, once, and no other has any of it. */
async function found(room: FaultRoom): Promise<string[]> {
  const { stage, owner, taskId } = room;
  const wrong = await check(room);
  const { items } = await owner.ask(page, "GET", `/messages?taskId=${taskId}&limit=200`);
  const said = items.sort((one, other) => one.seq - other.seq).map(({ id }) => id);
  let rows: z.infer<typeof stored> = [];
  const agrees = async () => {
    rows = stored.parse(await stage.turn("stored", { task: taskId }));
    return rows.length === 1 && isDeepStrictEqual(rows[0]?.messages, said);
  };
  await until("the history is whole", agrees, stage.patienceMs).catch(() => undefined);
  const [one] = rows;
  return [
    ...wrong,
    ...expects(rows.length === 1, `${rows.length} databases have rows of the task`),
    ...expects(isDeepStrictEqual(one?.messages, said), "its database has other messages"),
    ...expects(one?.members.includes(owner.name) === true, "its database has lost its owner"),
  ];
}

function out(is: string): Fault {
  return {
    name: is,
    times: 3,
    rooms: ROOMS + 1,
    play: (stage, random) => playOut(stage, random, is),
  };
}

/** One of the databases of histories is full, out of reach or lost. */
export const historyFaults: Family = {
  name: "history",
  alone: true,
  faults: [
    out("full"),
    out("down"),
    { name: "lost, and rebuilt", times: 3, rooms: ROOMS, play: playLost },
  ],
};
