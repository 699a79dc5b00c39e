import * as z from "zod";
import { until } from "../../support/until";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, type Fault, type Findings } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

/** Where the home stands between a claim and its task, and where the room does. */
const POINTS = ["task claimed", "before commit", "after commit", "task made"] as const;

/** What the task is to begin with, once. */
const HISTORY = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Is it raining?" },
  { role: "assistant", content: "Pouring." },
];

const created = z.looseObject({ id: z.string() });
const said = z.object({ items: z.array(z.object({ content: z.string() })) });
const listed = z.object({ items: z.array(created) });

/** A task that is to be made once, asked for again after `kill -9`, by two at once. */
async function play(stage: Stage, random: Random, point: string): Promise<Findings> {
  const room = await FaultRoom.open(stage, random);
  const { owner, mark } = room;
  const body = { key: `key of ${mark}`, title: mark, history: HISTORY };
  await stage.freezeAt({ point, nth: 1 });
  const first = owner.call("POST", "/tasks", body).catch(() => undefined);
  await stage.standsStill(4000);
  await stage.server.killRuntime();
  for (const watcher of room.watchers) watcher.cut();
  await first;
  const make = () => owner.ask(created, "POST", "/tasks", body).catch(() => undefined);
  const isUp = async () => (await owner.call("GET", "/tasks")).status === 200;
  await until("the server is back", () => isUp().catch(() => false), stage.patienceMs);
  const made = await Promise.all([make(), make()]);
  const path = `/tasks?key=${encodeURIComponent(body.key)}`;
  const { items } = await owner.ask(listed, "GET", path);
  const ids = new Set([...made, ...items].map((task) => task?.id));
  const begun = await owner.ask(said, "GET", `/messages?taskId=${items[0]?.id}`);
  const words = begun.items.map(({ content }) => content).join(" ");
  return [
    [
      ...expects(ids.size === 1, `one key made ${ids.size} tasks`),
      ...expects(items.length === 1, `${items.length} tasks are listed by one key`),
      ...expects(
        words === HISTORY.map(({ content }) => content).join(" "),
        `the task begins with: ${words}`,
      ),
      ...(await check(room)),
    ],
  ];
}

function killAt(point: string): Fault {
  return { name: point, times: 2, rooms: 1, play: (stage, random) => play(stage, random, point) };
}

/** The home of whoever makes a task dies between the claim and the creation. */
export const creations: Family = { name: "creation", alone: true, faults: POINTS.map(killAt) };
