import { status } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const TIMES = 8;

async function play(stage: Stage, random: Random, answers: number[]): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { hooked: true });
  // The webhook's first deliveries are on their way already; those that come now fail.
  room.hook?.receiver.answers.push(...answers);
  if (random.chance(0.3)) stage.script(room.mark, status(401));
  await room.send();
  if (random.chance(0.5)) await room.send();
  return check(room);
}

function some(random: Random, ...codes: [number, ...number[]]): number[] {
  return Array.from({ length: random.between(1, 2) }, () => random.pick(codes));
}

/** A receiver that refuses what it is sent, at first. */
export const webhookFaults: Family = {
  name: "webhook",
  alone: false,
  faults: [
    fault("5xx", TIMES, (stage, random) => play(stage, random, some(random, 500, 502, 503))),
    fault("4xx", TIMES, (stage, random) => play(stage, random, some(random, 400, 404, 429))),
    fault("redirect", TIMES, (stage, random) => play(stage, random, some(random, 301, 307))),
  ],
};
