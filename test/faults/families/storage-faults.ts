import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { done, finish, type Script, status, text } from "../../support/model-script";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const ROOMS = 3;
const counts = z.object({ transactions: z.number(), alarmsSet: z.number() });

/** What the storage of every task's room refuses, or what their alarms do. */
const WEAKNESSES = {
  commits: ["storage", { is: "refuses commits" }],
  alarms: ["storage", { is: "refuses alarms" }],
  all: ["storage", { is: "refuses all" }],
  rings: ["alarms", { are: "broken" }],
  homes: ["storage", { of: "homes", is: "refuses all" }],
} as const;
type Weakness = keyof typeof WEAKNESSES;

/** Where the rooms are when it begins. */
const MOMENTS = ["beginning", "answering", "waiting"] as const;
type Moment = (typeof MOMENTS)[number];

/** What else fails meanwhile: with D1 users' rooms and meters, too. */
const COMPANIES = ["alone", "D1 down", "kill -9"] as const;
type Company = (typeof COMPANIES)[number];

type Scene = { weakness: Weakness; moment: Moment; company: Company; lastsMs: number };

/** A weakness that begins, lasts and passes: rooms go on, and have lost nothing that they accepted. */
async function play(stage: Stage, random: Random, scene: Scene): Promise<Findings> {
  const { weakness, moment, company, lastsMs } = scene;
  const rooms = await Promise.all(
    Array.from({ length: ROOMS }, () => FaultRoom.open(stage, random, { watchers: 2 })),
  );
  for (const { mark } of rooms) stage.script(mark, scriptOf(moment, mark, random));
  try {
    if (moment !== "beginning") await begin(rooms, moment);
    await weaken(stage, weakness, moment === "beginning" ? random.between(0, 4) : 0);
    if (company === "D1 down") await cutOff(stage, "down");
    const before = await triesOf(stage);
    const sends = Promise.all(rooms.map((room) => room.send({ patient: true })));
    // Awaited at the end: one that fails before is no end of the whole run.
    sends.catch(() => undefined);
    await wait(lastsMs);
    const tries = (await triesOf(stage)) - before;
    if (company === "kill -9") {
      await killed(stage, rooms);
      await weaken(stage, weakness, 0);
      await wait(lastsMs);
    }
    await heal(stage);
    await sends;
    const found = await Promise.all(rooms.map(check));
    const bound = mostTries(lastsMs);
    const often = expects(tries <= bound, `${tries} tries, where ${bound} are many`);
    const paid = company === "kill -9" || moment !== "answering" ? [] : askedAgain(stage, rooms);
    return found.map((findings, i) => [...findings, ...(i === 0 ? [...often, ...paid] : [])]);
  } finally {
    await heal(stage);
  }
}

function scriptOf(moment: Moment, mark: string, random: Random): Script {
  if (moment === "waiting") return status(503);
  const words = moment === "answering" ? ["slowly ", "said 🎉 ", "to the end"] : ["at once"];
  const gapMs = moment === "answering" ? random.between(150, 400) : 0;
  const paced = words.flatMap((word): Script => [{ do: "pause", ms: gapMs }, text(word)]);
  return [text(`${mark} `), ...paced, finish(), done];
}

/** Sends what the weakness then meets at work. */
async function begin(rooms: FaultRoom[], moment: Moment): Promise<void> {
  const met = moment === "answering" ? "chat:chunk" : "chat:error";
  await Promise.all(
    rooms.map(async (room) => {
      await room.send();
      await room.client.next(({ type }) => type === met);
    }),
  );
}

async function weaken(stage: Stage, weakness: Weakness, after: number): Promise<void> {
  const [knob, values] = WEAKNESSES[weakness];
  await stage.turn(knob, { ...values, after });
}

async function cutOff(stage: Stage, is: "up" | "down"): Promise<void> {
  await stage.turn("d1", { is });
  for (const whom of ["users", "meters"]) await stage.turn("reach", { of: whom, is });
}

async function heal(stage: Stage): Promise<void> {
  await stage.turn("storage", { is: "well" });
  await stage.turn("storage", { of: "homes", is: "well" });
  await stage.turn("alarms", { are: "as set" });
  await cutOff(stage, "up");
}

async function killed(stage: Stage, rooms: FaultRoom[]): Promise<void> {
  await stage.server.killRuntime();
  for (const { watchers } of rooms) for (const watcher of watchers) watcher.cut();
}

async function triesOf(stage: Stage): Promise<number> {
  const { transactions, alarmsSet } = counts.parse(await stage.turn("counts"));
  return transactions + alarmsSet;
}

/** Kinds of work that a room may have failed in, its alarm among them. */
const KINDS = 8;
/** The shortest first wait of a kind; each later one is at least twice as long, up to half a minute. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Transactions and alarms of a room that works, for a turn and all that is told of it. */
const OF_A_TURN = 30;

/** How often rooms may try within a time [SPEC D5], beside what people ask for. */
function mostTries(ms: number): number {
  let tries = 1;
  for (let at = 0, next = FIRST_WAIT_MS; at + next <= ms; tries++) {
    at += next;
    next = Math.min(LONGEST_WAIT_MS, next * 2);
  }
  const asked = Math.ceil(ms / 500);
  return ROOMS * (KINDS * tries + 2 * asked + 2 * OF_A_TURN);
}

/** An answer that was given whole is kept, however long its end cannot be stored. */
function askedAgain(stage: Stage, rooms: FaultRoom[]): string[] {
  return rooms.flatMap(({ mark, sent }) => {
    const given = stage.answers(mark).length;
    return expects(given <= sent.length, `${given} answers to ${sent.length} messages`);
  });
}

function faults(): Fault[] {
  return (Object.keys(WEAKNESSES) as Weakness[]).flatMap((weakness) =>
    MOMENTS.flatMap((moment) =>
      COMPANIES.map((company): Fault => {
        const name = `${weakness}: ${moment}, ${company}`;
        const scene = { weakness, moment, company };
        return {
          name,
          times: 1,
          rooms: ROOMS,
          play: (stage, random) =>
            play(stage, random, { ...scene, lastsMs: random.between(800, 2500) }),
        };
      }),
    ),
  );
}

/** Storage that refuses and alarms that break, for a while, whatever else fails in it. */
export const storageFaults: Family = { name: "storage", alone: true, faults: faults() };
