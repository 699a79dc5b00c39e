import { setTimeout as wait } from "node:timers/promises";
import { until } from "../../support/until";
import type { Random } from "../random";
import { planOf } from "../rounds/talk";
import { killed, ToolRoom } from "../rounds/tool-room";
import { type ToolName, ToolServers } from "../rounds/tool-servers";
import type { Family, Fault, Findings } from "../scenario";
import type { Stage } from "../stage";

const ROOMS = 3;
const REACHED_MS = 4000;
const POINTS = [
  "before round",
  "after round",
  "before calls",
  "after calls",
  "before result",
  "after result",
  "before waiting",
  "after waiting",
  "before answer",
  "after answer",
] as const;
/** Its server has the call, and has not answered. */
const CALLED = "tool called";
const MOMENTS = [CALLED, ...POINTS] as const;
type Moment = (typeof MOMENTS)[number];

type Scene = { stage: Stage; random: Random; rooms: ToolRoom[]; servers: ToolServers };

async function scene(
  stage: Stage,
  random: Random,
  act: (scene: Scene) => Promise<string[] | undefined>,
): Promise<Findings> {
  const servers = await ToolServers.start();
  const rooms: ToolRoom[] = [];
  try {
    for (let i = 0; i < ROOMS; i++) rooms.push(await ToolRoom.open(stage, random, servers));
    const found = (await act({ stage, random, rooms, servers })) ?? [];
    const checked = await Promise.all(rooms.map((room) => room.check()));
    return checked.map((findings, i) => (i === 0 ? [...found, ...findings] : findings));
  } finally {
    for (const { person } of rooms) person.leave();
    await servers.close();
  }
}

/** Rooms amid rounds, with calls that wait for a person and for the client: `kill -9` strikes them all. */
function kill(moment: Moment, again: boolean): Fault["play"] {
  return (stage, random) =>
    scene(stage, random, async ({ rooms, servers }) => {
      const strike = await armed(stage, servers, moment, random.between(1, 2));
      const firsts: ToolName[] = ["sign", "open", "pay"];
      const said = Promise.all(
        rooms.map((room, i) => room.say(planOf(random, ...firsts.slice(i, i + 1)))),
      );
      // Awaited at the end: one that fails before is no end of the whole run.
      said.catch(() => undefined);
      await strike();
      await killed(stage, rooms);
      if (again) {
        const next = random.pick(MOMENTS);
        const second = await armed(stage, servers, next, 1);
        await second();
        await killed(stage, rooms);
      }
      await said;
      return undefined;
    });
}

/** Has the runtime, or a tool, stand still at the moment; gives how to wait until it does. */
async function armed(
  stage: Stage,
  servers: ToolServers,
  moment: Moment,
  nth: number,
): Promise<() => Promise<unknown>> {
  if (moment === CALLED) {
    servers.hang(nth - 1);
    return () => servers.hanging(REACHED_MS);
  }
  await stage.freezeAt({ point: moment, nth });
  return () => stage.standsStill(REACHED_MS);
}

/** After a tool has had its effect the model fails: the attempts after it, or a person's, go on from there. */
function failingModel(times: number): Fault["play"] {
  return (stage, random) =>
    scene(stage, random, async ({ rooms }) => {
      await Promise.all(
        rooms.map(async (room) => {
          const plan = planOf(random, "pay");
          room.talk.refuse(random.between(1, plan.length), times);
          const turnId = await room.say(plan);
          while ((await room.closed(turnId)) !== "COMPLETED") await retried(room, turnId);
        }),
      );
      return undefined;
    });
}

async function retried(room: ToolRoom, turnId: string): Promise<void> {
  const from = room.room.client.frames.all.length;
  await room.retry(turnId);
  await room.room.client.next(
    ({ type, data }) => type === "turn:status" && JSON.stringify(data).includes("PENDING"),
    from,
  );
}

/** A stop while a tool has the call, or while it waits for somebody; then a person has it go on. */
async function stopped(stage: Stage, random: Random): Promise<Findings> {
  return scene(stage, random, async ({ rooms, servers }) => {
    const first: ToolName[] = ["pay", "look", "sign"];
    servers.isSlowMs = 400;
    await Promise.all(
      rooms.map(async (room, i) => {
        const turnId = await room.say(planOf(random, ...first.slice(i, i + 1)));
        const { mark, client } = room.room;
        const { person } = room;
        const isCalled = () => servers.asked.some(({ of }) => of === mark);
        await until("a tool is called", () => isCalled() || person.waiting.length > 0);
        await client.ask("chat:cancel", { turnId });
        if ((await room.closed(turnId)) !== "COMPLETED") await retried(room, turnId);
      }),
    );
    return undefined;
  });
}

/** Storage refuses while rounds and results are to be recorded: who records them waits. */
function refusing(kills: boolean): Fault["play"] {
  return (stage, random) =>
    scene(stage, random, async ({ rooms, servers }) => {
      servers.isSlowMs = 100;
      try {
        await stage.turn("storage", { is: "refuses commits", after: random.between(6, 20) });
        const said = Promise.all(rooms.map((room) => room.say(planOf(random, "pay"), true)));
        said.catch(() => undefined);
        await wait(random.between(1500, 3000));
        if (kills) {
          await killed(stage, rooms);
          await stage.turn("storage", { is: "refuses commits" });
          await wait(random.between(500, 1500));
        }
        await stage.turn("storage", { is: "well" });
        await said;
        return undefined;
      } finally {
        await stage.turn("storage", { is: "well" });
      }
    });
}

function fault(name: string, play: Fault["play"], times = 1): Fault {
  return { name, times, rooms: ROOMS, play };
}

/** What tools have done is done once, whatever dies, fails, stops and is tried again. */
export const rounds: Family = {
  name: "rounds",
  alone: true,
  faults: [
    ...MOMENTS.map((moment) => fault(moment, kill(moment, false))),
    ...MOMENTS.map((moment) => fault(`${moment}, and again`, kill(moment, true))),
    fault("model fails after a tool", failingModel(2), 2),
    fault("model given up, then retry", failingModel(4), 2),
    fault("stop in a tool", stopped, 2),
    fault("storage refuses", refusing(false), 2),
    fault("storage refuses, kill -9", refusing(true), 2),
  ],
};
