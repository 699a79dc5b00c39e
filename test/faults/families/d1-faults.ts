import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const ROOMS = 5;

/** `ms`: by how much it is slow; `forMs`: how long, at least. */
type Knob = { is: string; ms?: number; forMs?: number };

/** Rooms that were there before: their chat goes on, and D1 catches up when it is back. */
async function play(stage: Stage, random: Random, { forMs = 0, ...knob }: Knob): Promise<Findings> {
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, () => FaultRoom.open(stage, random)),
  );
  if (random.chance(0.5)) await Promise.all(rooms.map((room) => room.send()));
  await stage.turn("d1", knob);
  const refused = await Promise.all(
    rooms.map(async (room) => {
      await room.send();
      if (random.chance(0.5)) room.last.cut();
      return listed(room);
    }),
  );
  await wait(forMs + random.between(0, 3000));
  await stage.turn("d1", { is: "up" });
  const found = await Promise.all(rooms.map(check));
  return found.map((findings, i) => [...findings, ...(refused[i] ?? [])]);
}

/** A list asks its user's home, and what only D1 has is answered or `unavailable`. */
async function listed({ owner }: FaultRoom): Promise<string[]> {
  const ask = (path: string) => owner.call("GET", path).catch(() => ({ status: 0 }));
  const [tasks, teams] = await Promise.all([ask("/tasks"), ask("/teams")]);
  return [
    ...expects([0, 200].includes(tasks.status), `a list of tasks got ${tasks.status}`),
    ...expects([0, 200, 503].includes(teams.status), `a list of teams got ${teams.status}`),
  ];
}

function fault(name: string, knob: Knob, times = 3): Fault {
  return {
    name,
    times,
    rooms: ROOMS,
    play: (stage, random) => play(stage, random, knob),
  };
}

/** The database is down, slow, or loses its answers, and comes back. */
export const d1Faults: Family = {
  name: "D1",
  alone: true,
  faults: [
    fault("down", { is: "down" }),
    fault("slow", { is: "slow", ms: 2000 }),
    fault("slow by ten seconds", { is: "slow", ms: 10_000, forMs: 10_000 }, 2),
    fault("back after a minute", { is: "down", forMs: 60_000 }, 2),
    fault("failing after its commit", { is: "fails after its commit" }),
  ],
};
