import { setTimeout as wait } from "node:timers/promises";
import { hang, status, text } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import type { Family, Fault, Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const ROOMS = 4;
const POINTS = [
  "frame received",
  "before commit",
  "after commit",
  "after fan-out",
  "before begin",
  "model called",
  "text written",
  "model finished",
  "before D1",
  "after D1",
  "cursor marked",
  "before users",
  "after users",
  "users marked",
  "before meters",
  "after meters",
  "meters marked",
  "alarm",
  "before hearing",
  "after hearing",
  "webhook started",
  "webhook answered",
  "webhook noted",
] as const;
type Point = (typeof POINTS)[number];

/** Points to which a recovery comes by itself. */
const RECOVERING = [
  "before commit",
  "after commit",
  "after fan-out",
  "model called",
  "text written",
  "model finished",
  "before D1",
  "after D1",
  "before users",
  "alarm",
] as const;

/** Rooms in all stages of a turn: `kill -9` strikes each where it happens to be. */
async function play(stage: Stage, random: Random, point: Point, again: boolean): Promise<Findings> {
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, (_, i) =>
      FaultRoom.open(stage, random, { hooked: i % 2 === 0, watchers: random.between(1, 2) }),
    ),
  );
  await stage.freezeAt({ point, nth: random.between(1, 5) });
  for (const room of rooms) prepare(stage, random, room, point);
  const talks = Promise.all(rooms.map((room) => talk(room, random.between(1, 2))));
  // Awaited at the end: one that fails before is no end of the whole run.
  talks.catch(() => undefined);
  await stage.standsStill(4000);
  await kill(stage, rooms);
  if (again) {
    await stage.freezeAt({ point: random.pick(RECOVERING), nth: random.between(1, 3) });
    await stage.standsStill(2000);
    await kill(stage, rooms);
  }
  await talks;
  return Promise.all(rooms.map(check));
}

function prepare(stage: Stage, random: Random, { mark }: FaultRoom, point: Point): void {
  // An alarm rings for a retry; other rooms are in whatever else a turn can be in.
  const state = point === "alarm" ? "waits" : random.pick(["works", "works", "waits", "hangs"]);
  if (state === "waits") stage.script(mark, status(503));
  if (state === "hangs") stage.script(mark, [text(`${mark} half `), hang]);
}

async function talk(room: FaultRoom, messages: number): Promise<void> {
  for (let i = 0; i < messages; i++) {
    await room.send();
    await wait(20);
  }
}

async function kill(stage: Stage, rooms: FaultRoom[]): Promise<void> {
  await stage.server.killRuntime();
  // A client of a dead server may not be told for long.
  for (const { watchers } of rooms) for (const watcher of watchers) watcher.cut();
}

/** The same message, sent again after the runtime that took it has died. */
async function playDuplicate(stage: Stage, random: Random): Promise<Findings> {
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, () => FaultRoom.open(stage, random, { watchers: 1 })),
  );
  const ids = await Promise.all(
    rooms.map(async (room) => {
      const content = room.newContent();
      const clientMessageId = `same-${random.between(1, 1e9)}`;
      return { content, clientMessageId, ...(await room.send({ content, clientMessageId })) };
    }),
  );
  await kill(stage, rooms);
  return Promise.all(
    rooms.map(async (room, i) => {
      const { content = "", clientMessageId = "" } = ids[i] ?? {};
      const second = await room.send({ content, clientMessageId });
      const known = second.duplicate ? [] : ["a message sent again after a restart is new"];
      return [...known, ...(await check(room))];
    }),
  );
}

function faults(): Fault[] {
  const single = POINTS.map((point) => killAt(point, false, 1));
  const twice = POINTS.map((point) => killAt(point, true, 1));
  return [
    ...single,
    ...twice,
    { name: "duplicate after a restart", times: 2, rooms: ROOMS, play: playDuplicate },
  ];
}

function killAt(point: Point, again: boolean, times: number): Fault {
  const name = again ? `${point}, and again` : point;
  return { name, times, rooms: ROOMS, play: (stage, random) => play(stage, random, point, again) };
}

/** `kill -9` of the runtime at each named point, once and again while it recovers. */
export const kills: Family = { name: "kill -9", alone: true, faults: faults() };
