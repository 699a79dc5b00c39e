import { Book } from "../books";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import type { Family, Fault, Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { agentTeam } from "../team";

const ROOMS = 3;
const REACHED_MS = 6000;
const POINTS = ["before resumable", "after resumable", "text written", "model finished"] as const;
type Point = (typeof POINTS)[number];

type Scene = { room: FaultRoom; book: Book };

async function scenes(stage: Stage, random: Random, breaks = 0): Promise<Scene[]> {
  return Promise.all(
    Array.from({ length: ROOMS }, async () => {
      const room = await FaultRoom.open(stage, random, {
        task: (owner) => agentTeam(stage, owner, [{ role: "write", timeoutMs: 60_000 }]),
      });
      const book = new Book(room.mark, random);
      let times = 0;
      stage.actAgent(room.mark, (request) => book.write(request, times++ < breaks), book.whole);
      return { room, book };
    }),
  );
}

async function findingsOf(all: Scene[]): Promise<Findings> {
  return Promise.all(
    all.map(async ({ room, book }) => [...(await check(room)), ...book.findings()]),
  );
}

/** Agents in the midst of a book: `kill -9` strikes where one says that it can go on. */
function kill(point: Point, again: boolean): Fault["play"] {
  return async (stage, random) => {
    const all = await scenes(stage, random);
    await stage.freezeAt({ point, nth: random.between(1, 3) });
    const said = Promise.all(all.map(({ room }) => room.send()));
    // Awaited at the end: one that fails before is no end of the whole run.
    said.catch(() => undefined);
    await strike(stage, all);
    if (again) {
      await stage.freezeAt({ point: random.pick(POINTS), nth: random.between(1, 2) });
      await strike(stage, all);
    }
    await said;
    return findingsOf(all);
  };
}

async function strike(stage: Stage, all: Scene[]): Promise<void> {
  await stage.standsStill(REACHED_MS);
  await stage.server.killRuntime();
  // A client of a dead server may not be told for long.
  for (const { room } of all) for (const watcher of room.watchers) watcher.cut();
}

/** The agent's connection breaks time after time, near the end. */
async function breaking(stage: Stage, random: Random): Promise<Findings> {
  const all = await scenes(stage, random, 2);
  await Promise.all(all.map(({ room }) => room.send()));
  return findingsOf(all);
}

function fault(name: string, play: Fault["play"], times = 1): Fault {
  return { name, times, rooms: ROOMS, play };
}

/** What an agent elsewhere has said that it can go on from is kept, and gone on from. */
export const resumables: Family = {
  name: "resumable",
  alone: true,
  faults: [
    ...POINTS.map((point) => fault(point, kill(point, false))),
    ...POINTS.map((point) => fault(`${point}, and again`, kill(point, true))),
    fault("connection breaks", breaking, 2),
  ],
};
