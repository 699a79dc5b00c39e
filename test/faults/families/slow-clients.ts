import { setTimeout as wait } from "node:timers/promises";
import { FlakyRoad } from "../../support/flaky-road";
import { done, finish, type Script, text } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import type { Watcher } from "../watcher";

const TIMES = 10;
/** Commands of which the last must have gone over five times the allowance. */
const FLOOD = 130;

type Torment = (road: FlakyRoad, victim: Watcher, random: Random) => Promise<void>;

/** One client that is in trouble, and others that must not notice. */
async function play(stage: Stage, random: Random, torment: Torment): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1 });
  const road = await FlakyRoad.to(stage.server.url);
  try {
    const victim = await room.watch({ via: road.url });
    stage.script(room.mark, longAnswer(room.mark, random.between(20, 150)));
    await room.send();
    await torment(road, victim, random);
    await room.client.next(({ type }) => type === "task:status" && room.isAtRest);
    road.cut();
    victim.cut();
    return await check(room);
  } finally {
    await road.close();
  }
}

function longAnswer(mark: string, pieces: number): Script {
  const piece = "漢字🎉 ".repeat(300);
  return [
    text(`${mark} `),
    ...Array.from({ length: pieces }, (_, i) => text(`${i}${piece}`)),
    finish(),
    done,
  ];
}

async function neverReads(road: FlakyRoad): Promise<void> {
  road.stall();
}

/** It reads, loses the line, and comes back into the stream, again and again. */
async function slow(road: FlakyRoad, _: Watcher, random: Random): Promise<void> {
  for (let i = 0; i < 4; i++) {
    road.stall();
    await wait(random.between(20, 80));
    road.cut();
    await wait(random.between(50, 150));
  }
}

/** Its end of the line is gone; the server was not told. */
async function halfOpen(road: FlakyRoad, victim: Watcher, random: Random): Promise<void> {
  await wait(random.between(0, 50));
  road.stall();
  victim.cut();
}

async function playFlood(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const { last } = room;
  await room.send();
  const before = last.closeCodes.length;
  for (let i = 0; i < FLOOD; i++) {
    last.send(JSON.stringify({ type: "chat:typing", id: `f${i}`, data: { typing: i % 2 === 0 } }));
  }
  await last.next(({ error }) => error?.code === "rate_limited");
  await last.whenLost(before);
  const code = last.closeCodes[before];
  return [...expects(code === 4429, `a flood was closed with ${code}`), ...(await check(room))];
}

/** Clients that can't keep up, or don't want to. */
export const slowClients: Family = {
  name: "slow client",
  alone: false,
  faults: [
    fault("slow", TIMES, (stage, random) => play(stage, random, slow)),
    fault("never reads", TIMES, (stage, random) => play(stage, random, neverReads)),
    fault("half-open", TIMES, (stage, random) => play(stage, random, halfOpen)),
    fault("flood", TIMES, playFlood),
  ],
};
