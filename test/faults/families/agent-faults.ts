import {
  type AgentScript,
  chunk,
  event,
  hang,
  json,
  pause,
  refuse,
  reset,
  result,
} from "../../support/remote-agent";
import type { FaultUser } from "../fault-user";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { agentTeam } from "../team";

const TIMES = 4;

type Misdeed = (mark: string, random: Random) => AgentScript;

const MISDEEDS: Record<string, Misdeed> = {
  "401": () => refuse(401),
  "429 with Retry-After": () => refuse(429, { "retry-after": "1" }),
  "503": () => refuse(503),
  hang: () => [hang],
  "reset in mid-stream": (mark) => [chunk(`${mark} half `), reset],
  "end without a result": (mark) => [
    chunk(`${mark} half `),
    event("progress", { percentComplete: 50 }),
  ],
  "no JSON": () => json("{nothing"),
  "an error of its own": () => [event("error", { message: "no", retryable: true })],
  "two results": (mark) => [chunk(`${mark} `), result(`${mark} first`), result(`${mark} second`)],
  "slow drip": (mark, random) => [
    ...Array.from({ length: 8 }, () => [pause(random.between(0, 60)), chunk("💧")]).flat(),
    result(`${mark} dripped`),
  ],
};

async function play(stage: Stage, random: Random, misdeed: Misdeed): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, {
    task: (owner: FaultUser) =>
      agentTeam(stage, owner, [
        { role: "plan" },
        { role: "do", onFailure: random.pick(["abort", "continue"]) },
      ]),
  });
  const attempts = random.between(1, 4);
  for (let i = 0; i < attempts; i++) {
    stage.scriptAgent(room.mark, misdeed(room.mark, random));
    if (random.chance(0.3)) stage.scriptAgent(room.mark, json({ output: `${room.mark} between` }));
  }
  await room.send();
  if (random.chance(0.5)) room.last.cut();
  return check(room);
}

/** A stranger's agent that misbehaves. */
export const agentFaults: Family = {
  name: "agent",
  alone: false,
  faults: Object.entries(MISDEEDS).map(([name, misdeed]) =>
    fault(name, TIMES, (stage, random) => play(stage, random, misdeed)),
  ),
};
