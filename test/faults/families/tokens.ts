import { setTimeout as wait } from "node:timers/promises";
import { SignJWT } from "jose";
import * as z from "zod";
import { FlakyRoad } from "../../support/flaky-road";
import { FaultUser } from "../fault-user";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects, type Family, fault } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { Watcher } from "../watcher";
import { playRole, ROLES } from "./roles";

const TIMES = 4;
const made = z.looseObject({ id: z.string(), key: z.string() });
const session = z.looseObject({ recoveryToken: z.string() });

type Forgery = (stage: Stage, room: FaultRoom) => Promise<string>;

const FORGERIES: Record<string, Forgery> = {
  "another secret": (_, { owner }) => signed(owner.name, "x".repeat(40)),
  "no signature": async (_, { owner }) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const exp = Math.floor(Date.now() / 1000) + 3600;
    return `${part({ alg: "none", typ: "JWT" })}.${part({ sub: owner.name, exp })}.`;
  },
  "another's claims": async (stage, { owner }) => {
    const [head, , signature] = (await stage.server.token("mallory")).split(".");
    const [, claims] = owner.token.split(".");
    return `${head}.${claims}.${signature}`;
  },
  expired: (stage, { owner }) => stage.server.token(owner.name, { ttlSeconds: -1 }),
  garbage: async () => "trk_nothing",
};

function signed(sub: string, secret: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));
}

/** Neither REST nor a socket takes it, and the room hears nothing. */
async function playForged(stage: Stage, random: Random, forge: Forgery): Promise<string[]> {
  const room = await FaultRoom.open(stage, random);
  const forged = room.owner.with(await forge(stage, room));
  const paths = [`/tasks/${room.taskId}`, "/tasks", `/messages?taskId=${room.taskId}`];
  const answers = await Promise.all(paths.map((path) => forged.call("GET", path)));
  const sent = await forged.call("POST", `/tasks/${room.taskId}/execute`, { input: "forged" });
  const opened = await opens(forged.room(room.taskId));
  await room.send();
  const passed = [...answers, sent].filter(({ status }) => status !== 401);
  return [
    ...expects(passed.length === 0, `${passed.length} calls passed`),
    ...expects(!opened, "a socket was opened"),
    ...(await check(room)),
  ];
}

/** No socket lives past its token, and none hears anything after. */
async function playExpiry(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1 });
  // Long enough for a busy machine to let the guest in.
  const ttlSeconds = random.between(10, 12);
  const expiresAt = (Math.floor(Date.now() / 1000) + ttlSeconds) * 1000;
  const brief = await FaultUser.of(stage.server, room.owner.name, { ttlSeconds });
  // The local runtime leaves a socket that its server has closed open for long; this road does not.
  const road = await FlakyRoad.to(stage.server.url);
  const guest = await Watcher.open(brief, room.taskId, { name: "a guest", via: road.url });
  if (random.chance(0.5)) await room.send();
  const inTime = await lostWithin(guest, expiresAt + stage.patienceMs - Date.now());
  await road.close();
  await wait(Math.max(0, expiresAt - Date.now()));
  await room.send();
  await wait(200);
  guest.stop();
  const { latestEventAt } = guest.frames;
  return [
    ...expects(inTime, `a socket outlived its token: ${closesOf(guest)}`),
    // A token made at the end of a second expires up to one later.
    ...expects(latestEventAt < expiresAt + 1000, "a socket heard something after its token"),
    ...(await check(room)),
  ];
}

function closesOf({ closeCodes }: Watcher): string {
  return closeCodes.length === 0 ? "it was not closed" : `it was closed with ${closeCodes.join()}`;
}

async function lostWithin(watcher: Watcher, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  // What the network has ended before is no answer.
  const isTold = () => watcher.closeCodes.includes(4401);
  while (!isTold() && Date.now() < deadline) await wait(50);
  return isTold();
}

/** A revoked key stops at once, its sockets within five seconds. */
async function playRevoked(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1 });
  const { owner } = room;
  const { id, key } = await owner.ask(made, "POST", "/api-keys", { name: "k", scopes: ["write"] });
  const keyed = owner.with(key);
  const guest = await Watcher.open(keyed, room.taskId, { name: "a guest with a key" });
  await room.send({ by: guest });
  await owner.call("DELETE", `/api-keys/${id}`);
  const after = await keyed.call("GET", `/tasks/${room.taskId}`);
  const inTime = await lostWithin(guest, 10_000);
  guest.stop();
  return [
    ...expects(after.status === 401, `a revoked key got ${after.status}`),
    ...expects(inTime, "a socket outlived its key"),
    ...(await check(room)),
  ];
}

/** A stranger's token, for a task that is not theirs. */
async function playForeign(stage: Stage, random: Random): Promise<string[]> {
  const [room, other] = await Promise.all([
    FaultRoom.open(stage, random),
    FaultRoom.open(stage, random),
  ]);
  const paths = ["", "/turns", "/events", "/logs", "/stats", "/members"];
  const answers = await Promise.all([
    ...paths.map((path) => other.owner.call("GET", `/tasks/${room.taskId}${path}`)),
    other.owner.call("GET", `/messages?taskId=${room.taskId}`),
    other.owner.call("POST", `/tasks/${room.taskId}/execute`, { input: "not mine" }),
    other.owner.call("POST", "/sessions", { taskId: room.taskId }),
    other.owner.call("DELETE", `/tasks/${room.taskId}`),
  ]);
  const opened = await opens(other.owner.room(room.taskId));
  await Promise.all([room.send(), other.send()]);
  const passed = answers.filter(({ status }) => status !== 404);
  return [
    ...expects(passed.length === 0, `${passed.map(({ status }) => status)} for a stranger`),
    ...expects(!opened, "a stranger's socket was opened"),
    ...(await check(room)),
    ...(await check(other)),
  ];
}

/** A recovery token that was used up, of another user or of nobody. */
async function playReplayed(stage: Stage, random: Random): Promise<string[]> {
  const room = await FaultRoom.open(stage, random, { watchers: 1 });
  const stranger = await FaultUser.of(stage.server, `${room.owner.name}-stranger`);
  const { owner, taskId } = room;
  const recover = (recoveryToken: string, by = owner) =>
    by.call("POST", "/sessions/recover", { recoveryToken });
  const start = await owner.ask(session, "POST", "/sessions", { taskId });
  const foreign = await recover(start.recoveryToken, stranger);
  const next = session.parse((await recover(start.recoveryToken)).body);
  const last = session.parse((await recover(next.recoveryToken)).body);
  const used = await recover(start.recoveryToken);
  const unknown = await recover("nothing");
  const lives = await recover(last.recoveryToken);
  const taken = await opens(owner.room(taskId, {}, { resume: start.recoveryToken }));
  await room.send();
  const refused = [foreign, used, unknown].filter(({ status }) => status === 404);
  return [
    ...expects(refused.length === 3, `${3 - refused.length} bad recovery tokens were taken`),
    ...expects(lives.status === 200, `the live token got ${lives.status}`),
    ...expects(!taken, "a socket took a used recovery token"),
    ...(await check(room)),
  ];
}

async function opens(ws: WebSocket): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  ws.addEventListener("open", () => resolve(true));
  ws.addEventListener("close", () => resolve(false));
  const opened = await promise;
  ws.close();
  return opened;
}

/** Whoever is not who they say, or no longer, or may not do that. */
export const tokens: Family = {
  name: "tokens",
  alone: false,
  faults: [
    ...Object.entries(FORGERIES).map(([name, forge]) =>
      fault(`forged: ${name}`, TIMES, (stage, random) => playForged(stage, random, forge)),
    ),
    fault("expired in mid-life", TIMES, playExpiry),
    fault("revoked key", TIMES, playRevoked),
    fault("of another task", TIMES, playForeign),
    fault("replayed recovery token", TIMES, playReplayed),
    ...ROLES.map((role) =>
      fault(`commands of ${role.name}`, TIMES, (stage, random) => playRole(stage, random, role)),
    ),
  ],
};
