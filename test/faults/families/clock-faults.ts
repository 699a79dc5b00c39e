import { setTimeout as wait } from "node:timers/promises";
import { hang, status, text } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom, type RoomOptions } from "../room";
import type { Family, Fault, Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const ROOMS = 5;
const HOUR_MS = 60 * 60 * 1000;

/** Turns in every state while the clock jumps, and again when it jumps back. */
async function playClock(stage: Stage, random: Random, aheadMs: number): Promise<Findings> {
  // A webhook signed an hour off is refused by its receiver, as it must be.
  const rooms = await roomsAtWork(stage, random, { hooked: false });
  await stage.turn("clock", { ahead: aheadMs + random.between(-60_000, 60_000) });
  await Promise.all(rooms.map((room) => room.client.ask("history:sync")));
  await wait(random.between(0, 1500));
  await stage.turn("clock", { ahead: 0 });
  await Promise.all(
    rooms.map(async (room) => {
      for (const watcher of room.watchers) watcher.cut();
      await room.send();
    }),
  );
  return Promise.all(rooms.map(check));
}

async function playAlarms(stage: Stage, random: Random, are: string): Promise<Findings> {
  await stage.turn("alarms", { are });
  try {
    const rooms = await roomsAtWork(stage, random);
    return await Promise.all(rooms.map(check));
  } finally {
    await stage.turn("alarms", { are: "as set" });
  }
}

/** Rooms that wait for a retry, for a model, or for nothing. */
function roomsAtWork(
  stage: Stage,
  random: Random,
  options: RoomOptions = {},
): Promise<FaultRoom[]> {
  return Promise.all(
    Array.from({ length: ROOMS }, async () => {
      const room = await FaultRoom.open(stage, random, { timed: false, ...options });
      const state = random.pick(["works", "waits", "waits", "hangs"]);
      if (state === "waits") stage.script(room.mark, status(503), status(503));
      if (state === "hangs") stage.script(room.mark, [text(`${room.mark} half `), hang]);
      await room.send();
      return room;
    }),
  );
}

function fault(name: string, play: Fault["play"]): Fault {
  return { name, times: 2, rooms: ROOMS, play };
}

/** Alarms that come late, twice or break, and a clock that is an hour off. */
export const clockFaults: Family = {
  name: "time",
  alone: true,
  faults: [
    fault("an hour ahead", (stage, random) => playClock(stage, random, HOUR_MS)),
    fault("an hour behind", (stage, random) => playClock(stage, random, -HOUR_MS)),
    fault("alarms late", (stage, random) => playAlarms(stage, random, "late")),
    fault("alarms doubled", (stage, random) => playAlarms(stage, random, "doubled")),
    fault("alarms throwing", (stage, random) => playAlarms(stage, random, "throwing")),
  ],
};
