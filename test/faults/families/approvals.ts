import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { until } from "../../support/until";
import { FaultUser } from "../fault-user";
import type { Random } from "../random";
import type { Waiting } from "../rounds/person";
import { killed, ToolRoom } from "../rounds/tool-room";
import { type ToolName, ToolServers } from "../rounds/tool-servers";
import { expects, type Family, fault } from "../scenario";
import type { Stage } from "../stage";
import { Watcher } from "../watcher";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Good for longer than the clock is moved. */
const LONG = { ttlSeconds: (3 * DAY_MS) / 1000, timed: false, hooked: false };
/** Longer than the runtime keeps an object in memory that nobody needs, and than one that works looks at itself. */
const ASLEEP_MS = 20_000;
/** What trails behind a commit is over when nothing was written for so long. */
const QUIET_MS = 2000;

/** The last look at the turn that was at work, and at what was still to be told. */
const LAST_LOOKS = 2;

const tally = z.object({ rowsWritten: z.number(), alarmsSet: z.number(), alarms: z.number() });
const constructed = z.object({ constructed: z.number() });

type Act = (stage: Stage, random: Random, servers: ToolServers) => Promise<string[]>;

function play(name: string, act: Act, times = 1) {
  return fault(name, times, async (stage, random) => {
    const servers = await ToolServers.start();
    try {
      return await act(stage, random, servers);
    } finally {
      await stage.turn("clock", { ahead: 0 });
      await servers.close();
    }
  });
}

/** Its first call waits for somebody who is not there. */
async function waitingRoom(
  [stage, random, servers]: Parameters<Act>,
  first: ToolName,
  options: Parameters<typeof ToolRoom.open>[3] = {},
): Promise<{ asked: ToolRoom; turnId: string; call: Waiting }> {
  const asked = await ToolRoom.open(stage, random, servers, { unattended: true, ...options });
  const turnId = await asked.say([
    [first, "pay"],
    ["look", "push"],
  ]);
  const isWaiting = () => {
    const { openTurns = [] } = asked.room.client.frames.state ?? {};
    const waits = openTurns.some(({ status }) => status === "WAITING");
    return waits ? asked.person.waiting[0] : undefined;
  };
  return { asked, turnId, call: await until("a call waits", isWaiting, stage.patienceMs) };
}

/** Nobody answers for a day: the room sleeps, and goes on with the yes. */
async function dayThenYes(...scene: Parameters<Act>): Promise<string[]> {
  const [stage] = scene;
  const { asked, turnId } = await waitingRoom(scene, "sign", LONG);
  const { taskId } = asked.room;
  const before = await quiet(stage, taskId);
  const lives = await livesOf(stage, taskId);
  await stage.turn("clock", { ahead: DAY_MS - HOUR_MS });
  await wait(ASLEEP_MS);
  const after = await tallyOf(stage, taskId);
  asked.person.attend();
  const status = await asked.closed(turnId);
  const woke = (await livesOf(stage, taskId)) > lives;
  await stage.turn("clock", { ahead: 0 });
  return [
    ...expects(
      after.rowsWritten === before.rowsWritten && after.alarms <= before.alarms + LAST_LOOKS,
      `while it waited the room went from ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
    ),
    ...expects(woke, "the room stayed in memory while it waited"),
    ...expects(status === "COMPLETED", `after the answer the turn is ${status}`),
    ...(await asked.check()),
  ];
}

/** Nobody answers, and the deadline passes; after that no answer counts. */
async function deadline(...scene: Parameters<Act>): Promise<string[]> {
  const [stage, , servers] = scene;
  const { asked, turnId, call } = await waitingRoom(scene, "sign", LONG);
  const { client } = asked.room;
  await stage.turn("clock", { ahead: DAY_MS + HOUR_MS });
  // Real alarms do not follow the clock: whoever comes has the room look at it.
  await client.ask("history:sync");
  const status = await asked.closed(turnId);
  const late = await client.ask("turn:confirm", confirmOf(call, true));
  const event = client.frames.heard().findLast(({ type }) => type === "chat:error");
  const code = event?.type === "chat:error" ? event.data.code : undefined;
  const signed = servers.asked.filter(({ name }) => name === "sign").length;
  await stage.turn("clock", { ahead: 0 });
  return [
    ...expects(status === "FAILED", `past its deadline the turn is ${status}`),
    ...expects(code === "confirm_timeout", `it ended by ${code}`),
    ...expects(late?.type !== "ack", "an answer past the deadline counts"),
    ...expects(signed === 0, "a call was made that nobody allowed"),
    ...(await asked.check()),
  ];
}

/** Two people answer one call in the same moment: one of them is heard, the other is told so. */
async function twoAtOnce(...scene: Parameters<Act>): Promise<string[]> {
  const [stage, random, servers] = scene;
  // So long that the turn is open when the second answer comes.
  servers.isSlowMs = 500;
  const { asked, turnId, call } = await waitingRoom(scene, "sign");
  const { owner, taskId, client } = asked.room;
  const member = await FaultUser.of(stage.server, `${owner.name}-member`);
  const body = { userId: member.name, role: "editor" };
  await owner.ask(z.unknown(), "POST", `/tasks/${taskId}/members`, body);
  const second = await Watcher.open(member, taskId, { name: "the other" });
  const says = [random.chance(0.5), random.chance(0.5)];
  const replies = await Promise.all(
    [client, second].map((one, i) => one.ask("turn:confirm", confirmOf(call, says[i] ?? true))),
  );
  second.stop();
  const won = replies.findIndex((reply) => reply?.type === "ack");
  const said = replies.map((reply) => reply?.error?.code ?? reply?.type ?? "nothing");
  const lost = said.filter((word) => word === "invalid_transition").length;
  await asked.closed(turnId);
  const signed = servers.asked.filter(({ name }) => name === "sign").length;
  const due = says[won] ? 1 : 0;
  return [
    ...expects(won >= 0 && lost === 1, `they got ${said.join(" and ")}`),
    ...expects(signed === due, `a call that was ${due ? "" : "not "}allowed: ${signed} times`),
    ...(await asked.check()),
  ];
}

/** The client that was to carry out a call is gone: past its time the turn goes on without it. */
function vanished(kills: boolean): Act {
  return async (...scene) => {
    const [stage] = scene;
    const { asked, turnId } = await waitingRoom(scene, "open");
    if (kills) await killed(stage, [asked]);
    const status = await asked.closed(turnId);
    const results = asked.room.client.frames.heard().filter(({ type }) => type === "tool:result");
    const told = JSON.stringify(results).includes("did not answer in time");
    return [
      ...expects(status === "COMPLETED", `without its client the turn is ${status}`),
      ...expects(told, "nobody is told that the client did not answer"),
      ...(await asked.check()),
    ];
  };
}

function confirmOf({ turnId, step, call: { toolCallId } }: Waiting, approve: boolean): object {
  return { turnId, step, toolCallId, approve };
}

async function tallyOf(stage: Stage, task: string): Promise<z.infer<typeof tally>> {
  return tally.parse(await stage.turn("tally", { task }));
}

async function livesOf(stage: Stage, task: string): Promise<number> {
  return constructed.parse(await stage.turn("constructed", { task })).constructed;
}

/** What the room has done once it does nothing more. */
async function quiet(stage: Stage, taskId: string): Promise<z.infer<typeof tally>> {
  for (;;) {
    const before = await tallyOf(stage, taskId);
    await wait(QUIET_MS);
    if (isDeepStrictEqual(await tallyOf(stage, taskId), before)) return before;
  }
}

/** Calls that wait for a person, or for the client, for long. */
export const approvals: Family = {
  name: "approvals",
  alone: true,
  faults: [
    play("a day, then yes", dayThenYes),
    play("past the deadline", deadline, 2),
    play("two at once", twoAtOnce, 4),
    play("client gone", vanished(false), 2),
    play("client gone, kill -9", vanished(true), 2),
  ],
};
