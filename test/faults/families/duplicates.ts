import { randomUUID } from "node:crypto";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";

const TIMES = 10;

/** The same message once more, from another connection, at any time of its turn. */
async function playSame(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const same = { content: room.newContent(), clientMessageId: randomUUID() };
  const first = await room.send(same);
  if (random.chance(0.5)) room.client.cut();
  const second = await room.send({ ...same, by: random.pick([room.client, room.last]) });
  return [
    ...expects(second.duplicate && !first.duplicate, "it is new twice"),
    ...(await check(room)),
  ];
}

/** The same id with other words is a conflict and changes nothing. */
async function playChanged(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 2 });
  const clientMessageId = randomUUID();
  await room.send({ clientMessageId });
  const other = { content: `${room.mark} other`, clientMessageId };
  const reply = await random.pick([room.client, room.last]).ask("chat:send", other);
  const code = reply?.error?.code;
  return [...expects(code === "conflict", `other words got ${code}`), ...(await check(room))];
}

async function playAtOnce(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 3 });
  const same = { content: room.newContent(), clientMessageId: randomUUID() };
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      room.send({ ...same, by: room.watchers[i % 3] ?? room.client }),
    ),
  );
  const fresh = all.filter(({ duplicate }) => !duplicate).length;
  return [...expects(fresh === 1, `${fresh} of ten are new`), ...(await check(room))];
}

/** Messages that arrive twice, as every client that repeats sends them. */
export const duplicates: Family = {
  name: "duplicates",
  alone: false,
  faults: [
    fault("the same", TIMES, playSame),
    fault("changed", TIMES, playChanged),
    fault("ten at once", TIMES, playAtOnce),
  ],
};
