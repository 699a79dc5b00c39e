import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { LogEvent } from "../../../src/protocol/events";
import { LIMITS } from "../../../src/protocol/limits";
import type { RoomState } from "../../../src/protocol/room-state";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import type { FaultUser } from "../fault-user";
import { heavyAnswer, heavyCalls, heavyContent, heavyTask, heavyTool, heavyWork } from "../heavy";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check, readLog, rest } from "../settle";
import type { Stage } from "../stage";
import { agentTeam } from "../team";

/** Times that an attempt may be made again. */
const ATTEMPTS = 5;
/** Places of the log from which a client comes back. */
const RESUMES = 4;
/** Bytes of a page beside its items. */
const AROUND_BYTES = 64 * 1024;
const page = z.object({
  items: z.array(z.looseObject({ id: z.string().optional(), seq: z.number().optional() })),
  nextCursor: z.string().nullable(),
});

/** What a room has at its bound. */
type Load = {
  /** What a task needs beside its heavy fields; the room's mark is not known before. */
  task?(stage: Stage, owner: FaultUser, tools: McpServer): Promise<object>;
  prepare(room: FaultRoom, gapMs: number): void;
  messages: number;
};

const ONE: Pick<Load, "messages"> = { messages: 1 };

const LOADS: Record<string, Load> = {
  CJK: { ...ONE, prepare: (room, gapMs) => answers(room, "漢", gapMs) },
  quotes: { ...ONE, prepare: (room, gapMs) => answers(room, '"', gapMs) },
  tools: {
    ...ONE,
    task: (_, owner, tools) => toolTeam(owner, tools),
    prepare: ({ stage, mark }, gapMs) => {
      for (let n = 0; n < ATTEMPTS; n++) {
        stage.script(mark, heavyCalls(mark), heavyAnswer(mark, "漢", gapMs));
      }
    },
  },
  agent: {
    ...ONE,
    task: (stage, owner) =>
      agentTeam(stage, owner, [
        { role: "plan", timeoutMs: 30_000 },
        { role: "do", timeoutMs: 30_000 },
      ]),
    prepare: ({ stage, mark }, gapMs) => {
      for (let n = 0; n < ATTEMPTS; n++) stage.scriptAgent(mark, heavyWork(mark, gapMs));
    },
  },
  "long talk": { messages: 12, prepare: () => undefined },
};

function answers({ stage, mark }: FaultRoom, unit: string, gapMs: number): void {
  for (let n = 0; n < ATTEMPTS; n++) stage.script(mark, heavyAnswer(mark, unit, gapMs));
}

async function toolTeam(owner: FaultUser, { url }: McpServer): Promise<object> {
  const ref = `${owner.name}/tools`;
  await owner.make("ghosts", "tools", { systemPrompt: "Look.", mcpServers: { here: { url } } });
  await owner.make("bots", "tools", { ghostRef: ref });
  const members = [{ role: "assistant", botRef: ref }];
  await owner.make("teams", "tools", { collaboration: "solo", members });
  return { teamRef: ref };
}

type Trouble = (stage: Stage, rooms: FaultRoom[], random: Random) => Promise<unknown>;

const POINTS = [
  "text written",
  "before commit",
  "after commit",
  "after fan-out",
  "model finished",
  "before D1",
  "after D1",
  "before users",
] as const;

const TROUBLES: Record<string, Trouble> = {
  "at rest": async () => undefined,
  "kill -9": kill,
  "kill -9, and again": async (stage, rooms, random) => {
    await kill(stage, rooms, random);
    await kill(stage, rooms, random);
  },
  "rooms die": async (stage, rooms, random) => {
    await wait(random.between(100, 800));
    await Promise.all(rooms.map(({ taskId }) => stage.turn("die", { task: taskId })));
  },
  ...Object.fromEntries(
    POINTS.map((point): [string, Trouble] => [
      `kill -9 ${point}`,
      (...scene) => killAt(point, ...scene),
    ]),
  ),
};

/** One room for each load, all of them under the same trouble. */
async function play(
  stage: Stage,
  random: Random,
  loads: Load[],
  trouble: Trouble,
): Promise<Findings> {
  const from = stage.server.output.length;
  const tools = await startMcpServer([heavyTool]);
  try {
    const rooms = await Promise.all(loads.map((load) => open(stage, random, load, tools)));
    const talks = Promise.all(rooms.map((room, i) => talk(room, loads[i]?.messages ?? 1)));
    // Awaited at the end: one that fails before is no end of the whole run.
    talks.catch(() => undefined);
    const visits = Promise.all(rooms.map((room) => visit(room, random)));
    visits.catch(() => undefined);
    await trouble(stage, rooms, random);
    await talks;
    await visits;
    const found = await Promise.all(rooms.map((room) => outcome(room, random)));
    const refused = /the platform refuses [^"\\\n]*/.exec(stage.server.output.slice(from));
    return found.map((findings, i) => [...findings, ...(i === 0 && refused ? [refused[0]] : [])]);
  } finally {
    await tools.close();
  }
}

async function open(
  stage: Stage,
  random: Random,
  load: Load,
  tools: McpServer,
): Promise<FaultRoom> {
  const room = await FaultRoom.open(stage, random, {
    watchers: 2,
    task: async (owner) => ({ ...heavyTask(), ...(await load.task?.(stage, owner, tools)) }),
  });
  load.prepare(room, random.between(5, 40));
  return room;
}

async function talk(room: FaultRoom, messages: number): Promise<void> {
  for (let i = 0; i < messages; i++) await room.send({ content: heavyContent(room.newContent()) });
}

/** Comes, and comes back, while something may be being written. */
async function visit(room: FaultRoom, random: Random): Promise<void> {
  await wait(random.between(50, 500));
  await room.watch({ replay: random.chance(0.5) });
  await wait(random.between(50, 500));
  room.last.cut();
}

async function kill(stage: Stage, rooms: FaultRoom[], random: Random): Promise<void> {
  await wait(random.between(100, 800));
  await stage.server.killRuntime();
  for (const { watchers } of rooms) for (const watcher of watchers) watcher.cut();
}

async function killAt(point: string, stage: Stage, rooms: FaultRoom[], random: Random) {
  await stage.freezeAt({ point, nth: random.between(1, 20) });
  await stage.standsStill(3000);
  await kill(stage, rooms, random);
}

/** At rest: clients that come back from anywhere, and pages of any size, show what is stored. */
async function outcome(room: FaultRoom, random: Random): Promise<string[]> {
  await rest(room);
  const log = await readLog(room);
  for (let i = 0; i < RESUMES; i++) {
    await room.watch({ from: stateAt(log, random.between(1, log.length)) });
  }
  const lists = ["events", "logs", "turns"].map((list) => `/tasks/${room.taskId}/${list}?`);
  const pages = await Promise.all(
    [...lists, `/messages?taskId=${room.taskId}&`].map((path) => pagesAgree(room, path, random)),
  );
  return [...pages.flat(), ...(await check(room))];
}

/** What a client has that has heard so much. */
function stateAt(log: LogEvent[], seq: number): RoomState {
  const state = log
    .slice(0, seq)
    .reduce<RoomState | undefined>((before, event) => applyEvent(before, event), undefined);
  if (!state) throw new Error("a log begins with its task");
  return state;
}

async function pagesAgree(room: FaultRoom, path: string, random: Random): Promise<string[]> {
  const few = await walk(room, path, random.between(1, 7));
  const many = await walk(room, path, LIMITS.pageItems);
  return [
    ...few.found,
    ...many.found,
    ...expects(new Set(many.keys).size === many.keys.length, `${path}: something comes twice`),
    ...expects(few.keys.join() === many.keys.join(), `${path}: pages of two sizes differ`),
  ];
}

/** What a list holds, in its order, and which of its pages are too big. */
async function walk({ owner }: FaultRoom, path: string, limit: number) {
  const keys: string[] = [];
  const found: string[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const cursor: string = after === "" ? "" : `&cursor=${encodeURIComponent(after)}`;
    const answer: z.infer<typeof page> = await owner.ask(
      page,
      "GET",
      `${path}limit=${limit}${cursor}`,
    );
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    if (bytes > LIMITS.pageBytes + AROUND_BYTES) found.push(`${path}: a page of ${bytes} bytes`);
    keys.push(...answer.items.map(({ id, seq }) => `${seq ?? ""}${id ?? ""}`));
    after = answer.nextCursor;
  }
  // Of messages a page holds the newest that are older than the page before it, in their order.
  return { keys: path.startsWith("/messages") ? keys.sort() : keys, found };
}

function faultOf(name: string, loads: Load[], trouble: Trouble): Fault {
  const rooms = loads.length;
  return { name, times: 1, rooms, play: (stage, random) => play(stage, random, loads, trouble) };
}

/** Rows, frames, replays and pages at the platform's bounds, with the runtime dying on the way. */
export const bytes: Family = {
  name: "bytes",
  alone: true,
  faults: [
    ...Object.entries(TROUBLES).map(([name, trouble]) =>
      faultOf(name, Object.values(LOADS), trouble),
    ),
    ...Object.entries(LOADS).map(([name, load]) => faultOf(`${name} alone`, [load], kill)),
  ],
};
