import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { until } from "../../support/until";
import { GRANTS, type Grant, newKey } from "../grants";
import { Opening } from "../opening";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { Watcher } from "../watcher";

const TAKEN_AWAY = 204;
const gate = z.object({ isReached: z.boolean() });
/** Longer than a revocation waits before it tells an unreachable room again. */
const CLOSED_MS = 15_000;
const DELETE_MS = 20_000;

type Trouble = {
  /** While the openings wait at their gates, before anything is taken away. */
  begin?(stage: Stage, scenes: Scene[]): Promise<unknown>;
  /** Once everything was to be taken away. */
  meanwhile?(stage: Stage, scenes: Scene[], random: Random): Promise<unknown>;
  end?(stage: Stage): Promise<unknown>;
  /** Whether whoever takes away goes before there is an answer, after so many milliseconds. */
  cutOffMs?: number;
  /** Whether sockets may be lost that nobody has taken away. */
  costsSockets?: boolean;
};

const KILL: Trouble = { meanwhile: kill, cutOffMs: 5000, costsSockets: true };

const TROUBLES: Record<string, Trouble> = {
  alone: {},
  "cut off": { cutOffMs: 30 },
  "D1 down": {
    begin: (stage) => stage.turn("d1", { is: "down" }),
    end: (stage) => stage.turn("d1", { is: "up" }),
  },
  "rooms out": {
    begin: (stage) => stage.turn("reach", { of: "rooms", is: "down" }),
    meanwhile: () => wait(1500),
    end: (stage) => stage.turn("reach", { of: "rooms", is: "up" }),
  },
  "answers lost": {
    begin: (stage) => stage.turn("reach", { of: "rooms", is: "answers are lost" }),
    end: (stage) => stage.turn("reach", { of: "rooms", is: "up" }),
  },
  "homes die": { meanwhile: dieHomes, costsSockets: true },
  "rooms die": { meanwhile: dieRooms, costsSockets: true },
  "kill -9": KILL,
};

/** Where a key's revocation may end with its runtime. */
const POINTS = {
  before: "before revoking",
  noted: "key revoked",
  "row gone": "key dropped",
  "room told": "room told of a key",
};

class Scene {
  readonly room: FaultRoom;
  readonly grant: Grant;
  readonly step: string;
  /** Who came with something else; each has to live on. */
  readonly others: Watcher[];
  readonly own: Opening;
  guests: Opening[] = [];

  constructor(room: FaultRoom, grant: Grant, step: string, others: Watcher[]) {
    this.room = room;
    this.grant = grant;
    this.step = step;
    this.others = others;
    this.own = Opening.socket(room.owner.own());
  }

  static async set(stage: Stage, random: Random, what: string, step: string): Promise<Scene> {
    const room = await FaultRoom.open(stage, random, { watchers: 1, hooked: false });
    const { user } = await newKey(room);
    const keyed = await Watcher.open(user, room.taskId, { name: "another key" });
    const grant = GRANTS[what]?.make(room);
    if (!grant) throw new Error(`There is no such grant: ${what}`);
    return new Scene(room, await grant, step, [room.client, keyed]);
  }

  get place(): { at: string; of: string } | undefined {
    if (this.step === "before" || this.step === "open") return undefined;
    const of = this.step.endsWith("home") ? this.grant.holder : this.room.taskId;
    return { at: this.step, of };
  }

  open(): Opening {
    const guest = this.grant.open();
    this.guests.push(guest);
    return guest;
  }

  /** Comes as far as its step. */
  async arrive(): Promise<void> {
    const { stage } = this.room;
    if (this.step === "before") return;
    const { place } = this;
    if (place) await stage.turn("gate", { ...place, is: "closed" });
    const guest = this.open();
    if (!place) return guest.whenSettled();
    const isThere = async () => gate.parse(await stage.turn("gate", place)).isReached;
    await until(`somebody is ${this.step}`, isThere, 15_000);
  }

  async goOn(): Promise<void> {
    const { place, room } = this;
    if (place) await room.stage.turn("gate", { ...place, is: "open" });
  }

  /** The status; 0 where there was no answer in time. */
  async revoke(withinMs: number): Promise<number> {
    const asked = this.room.owner.call("DELETE", this.grant.path).then(({ status }) => status);
    return Promise.race([asked.catch(() => 0), wait(withinMs).then(() => 0)]);
  }

  /** Said until it is done, or nothing is left to be done. */
  async revokeForGood(): Promise<boolean> {
    const isDone = async () => [TAKEN_AWAY, 404].includes(await this.revoke(DELETE_MS));
    return until("it is taken away", isDone, this.room.stage.patienceMs).catch(() => false);
  }

  async close(): Promise<void> {
    for (const guest of [...this.guests, this.own]) guest.cut();
    for (const other of this.others) other.stop();
  }
}

async function play(
  stage: Stage,
  random: Random,
  what: string,
  trouble: Trouble,
): Promise<Findings> {
  const steps = GRANTS[what]?.steps ?? [];
  const scenes = await Promise.all(steps.map((step) => Scene.set(stage, random, what, step)));
  try {
    await Promise.all(scenes.map((scene) => scene.arrive()));
    await trouble.begin?.(stage, scenes);
    const revoked = Promise.all(scenes.map((scene) => scene.revoke(trouble.cutOffMs ?? DELETE_MS)));
    await trouble.meanwhile?.(stage, scenes, random);
    const statuses = await revoked;
    await Promise.all(scenes.map((scene) => scene.goOn()));
    // Whoever is not in yet, or was lost, tries it again.
    for (const scene of scenes) scene.open();
    await trouble.end?.(stage);
    return await Promise.all(
      scenes.map((scene, i) => outcome(scene, trouble, statuses[i] === TAKEN_AWAY)),
    );
  } finally {
    await trouble.end?.(stage);
    await Promise.all(scenes.map((scene) => scene.close()));
  }
}

/** Where it is taken away already, the service alone has to bring it to its end. */
async function outcome(
  scene: Scene,
  { costsSockets = false }: Trouble,
  isDone: boolean,
): Promise<string[]> {
  const { room, others, step, own } = scene;
  const done = isDone || (await scene.revokeForGood());
  const late = scene.open();
  const dead = await Promise.all(scene.guests.map((guest) => guest.whenDead(CLOSED_MS)));
  const lost = others.filter(({ closeCodes }) => closeCodes.length > 0);
  const closed = others.filter(({ closeCodes }) => closeCodes.includes(4401));
  const answers = await Promise.all(
    others.map(async (other) => {
      await other.whenOpen();
      return other.ask("history:sync");
    }),
  );
  await room.send();
  const found = [
    ...expects(done, "it could not be taken away"),
    ...expects(!late.isAlive, "it was opened afterwards"),
    ...expects(!dead.includes(false), "something outlived what it came with"),
    ...expects(closed.length === 0, "somebody else was closed with 4401"),
    ...expects(costsSockets || lost.length === 0, "somebody else was closed"),
    ...expects(costsSockets || own.isAlive, "the owner's own socket was closed"),
    ...expects(!answers.includes(undefined), "somebody else was not answered"),
  ].map((what) => `taken away ${step}: ${what}`);
  return [...found, ...(await check(room))];
}

async function kill(stage: Stage, scenes: Scene[], random: Random): Promise<void> {
  await wait(random.between(0, 40));
  await stage.server.killRuntime();
  for (const scene of scenes) {
    for (const guest of scene.guests) guest.cut();
    for (const other of scene.others) other.cut();
  }
}

/** Dies where a revocation comes to this point; all that is under way dies with it. */
function killAt(point: string): Trouble {
  return {
    ...KILL,
    begin: (stage, scenes) => stage.freezeAt({ point, nth: 1 + Math.floor(scenes.length / 2) }),
    meanwhile: async (stage, scenes, random) => {
      await stage.standsStill(4000);
      await kill(stage, scenes, random);
    },
  };
}

async function dieHomes(stage: Stage, scenes: Scene[], random: Random): Promise<void> {
  await wait(random.between(0, 30));
  const names = scenes.flatMap(({ room, grant }) => [room.owner.name, grant.holder]);
  await Promise.all([...new Set(names)].map((user) => stage.turn("die", { user })));
}

async function dieRooms(stage: Stage, scenes: Scene[], random: Random): Promise<void> {
  await wait(random.between(0, 30));
  await Promise.all(scenes.map(({ room }) => stage.turn("die", { task: room.taskId })));
}

function faultsOf(what: string): Fault[] {
  const points = what.startsWith("key") ? Object.entries(POINTS) : [];
  const kills = points.map(([name, point]) => [`kill, ${name}`, killAt(point)] as const);
  return [...Object.entries(TROUBLES), ...kills].map(([name, trouble]) => ({
    name: `${what}: ${name}`,
    times: 1,
    rooms: GRANTS[what]?.steps.length ?? 0,
    play: (stage, random) => play(stage, random, what, trouble),
  }));
}

/** A key, a session or a membership is taken away at each step of an opening, and something fails meanwhile. */
export const revocations: Family = {
  name: "revocation",
  alone: true,
  faults: Object.keys(GRANTS).flatMap(faultsOf),
};
