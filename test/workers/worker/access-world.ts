import { env } from "cloudflare:workers";
import { expect } from "vitest";
import * as z from "zod";
import { addApiKey } from "../../../src/history/api-keys";
import { newId } from "../../../src/protocol/ids";
import { mintApiKey } from "../../../src/worker/identity/api-key";
import { call, newTask, newUser, tokenOf } from "../../support/room-client";
import { stored } from "../files/uploads";
import { type Credential, RESOURCE_NAME } from "./access-table";

/** What there is besides a task with its members. */
export type Situation =
  | "running"
  | "interrupted"
  | "waiting"
  | "session"
  | "webhook"
  /** One of the owner's that the task carries. */
  | "file"
  /** One of the owner's and one of everyone's. */
  | { resource: string; spec: object };

/** A task with its members, and everything that a route or a command can name. */
export type World = {
  owner: string;
  editor: string;
  viewer: string;
  /** A member who asks for nothing. */
  guest: string;
  foreign: string;
  admin: string;
  taskId: string;
  turnId: string;
  /** Of the message that the turn answers. */
  messageId: string;
  sessionId: string;
  recoveryToken: string;
  keyId: string;
  webhookId: string;
  deliveryId: string;
  fileId: string;
  systemName: string;
  tokens: Record<Exclude<Credential, "none">, string>;
};

const withId = z.looseObject({ id: z.string() });
const turn = z.looseObject({ id: z.string(), status: z.string(), messageId: z.string() });
const turns = z.object({ items: z.array(turn) });
const granted = z.object({ session: withId, recoveryToken: z.string() });
const deliveries = z.object({ items: z.array(withId) });
const HOUR_MS = 60 * 60 * 1000;

/** Times that one world serves: nobody in it asks too often. */
const USES = 40;
const pool = new Map<string, { world: World; uses: number }>();

/** A world in a situation, used before where nothing was consumed. */
export async function worldIn(situation?: Situation): Promise<World> {
  const key = JSON.stringify(situation ?? null);
  const kept = pool.get(key);
  const { world, uses } = kept ?? { world: await newWorld(situation), uses: 0 };
  if (uses < USES) pool.set(key, { world, uses: uses + 1 });
  else pool.delete(key);
  return world;
}

/** What was in the world has changed. */
export function isConsumed(situation?: Situation): void {
  pool.delete(JSON.stringify(situation ?? null));
}

async function newWorld(situation?: Situation): Promise<World> {
  const people = {
    ...{ owner: newUser(), editor: newUser(), viewer: newUser(), guest: newUser() },
    ...{ foreign: newUser(), admin: newUser() },
  };
  const { owner, editor, viewer, guest } = people;
  if (situation === "waiting") await makeCarefulTeam(owner);
  const taskId = await newTask(owner, {
    members: [
      { userId: editor, role: "editor" },
      { userId: viewer, role: "viewer" },
      { userId: guest, role: "viewer" },
    ],
    ...(situation === "waiting" && { teamRef: `${owner}/careful` }),
  });
  const read = await newKey(owner, Date.now() + HOUR_MS);
  const expired = await newKey(owner, Date.now() - HOUR_MS);
  const world: World = {
    ...people,
    taskId,
    ...{ turnId: "", messageId: "", sessionId: "", recoveryToken: "" },
    ...{ webhookId: "", deliveryId: "", fileId: "" },
    keyId: expired.id,
    systemName: `shared-${crypto.randomUUID()}`,
    tokens: {
      ...{ owner: await tokenOf({ sub: owner }), editor: await tokenOf({ sub: editor }) },
      ...{
        viewer: await tokenOf({ sub: viewer }),
        foreign: await tokenOf({ sub: people.foreign }),
      },
      admin: await tokenOf({ sub: people.admin, scope: "admin" }),
      ...{ readKey: read.key, expiredKey: expired.key },
    },
  };
  return situation === undefined ? world : { ...world, ...(await brought(situation, world)) };
}

async function brought(situation: Situation, world: World): Promise<Partial<World>> {
  if (typeof situation === "object") return makeResource(situation, world);
  switch (situation) {
    case "running":
      return turnThatIs("PROCESSING", world);
    case "waiting":
      return turnThatIs("WAITING", world);
    case "interrupted": {
      const turn = await turnThatIs("PROCESSING", world);
      await made(call(world.owner, "POST", `/tasks/${world.taskId}/interrupt`, {}));
      return turn;
    }
    case "session": {
      const answer = await made(call(world.owner, "POST", "/sessions", { taskId: world.taskId }));
      const { session, recoveryToken } = granted.parse(answer);
      return { sessionId: session.id, recoveryToken };
    }
    case "file": {
      const { id } = await stored(world.owner);
      const body = { input: "see", attachments: [id] };
      await made(call(world.owner, "POST", `/tasks/${world.taskId}/execute`, body));
      return { fileId: id };
    }
    case "webhook":
      return makeDelivery(world.owner);
  }
}

/** A team whose work a person must allow. */
async function makeCarefulTeam(owner: string): Promise<void> {
  const members = [{ role: "work", botRef: "system/assistant", requireConfirmation: true }];
  const spec = { collaboration: "solo", members };
  await made(call(owner, "POST", "/teams", { metadata: { name: "careful" }, spec }));
}

async function turnThatIs(status: string, { owner, taskId }: World): Promise<Partial<World>> {
  await made(call(owner, "POST", `/tasks/${taskId}/execute`, { input: "go" }));
  const first = async () =>
    turns.parse(await made(call(owner, "GET", `/tasks/${taskId}/turns`))).items[0];
  await expect.poll(async () => (await first())?.status).toBe(status);
  const { id: turnId = "", messageId = "" } = (await first()) ?? {};
  return { turnId, messageId };
}

async function makeResource(
  { resource, spec }: Extract<Situation, object>,
  { owner, admin, systemName }: World,
): Promise<Partial<World>> {
  const own = { name: RESOURCE_NAME, namespace: owner };
  const shared = { name: systemName, namespace: "system" };
  await made(call(owner, "POST", `/${resource}`, { metadata: own, spec }));
  const asAdmin = { sub: admin, scope: "admin" };
  await made(call(asAdmin, "POST", `/${resource}`, { metadata: shared, spec }));
  return {};
}

async function makeDelivery(owner: string): Promise<Partial<World>> {
  const hook = { url: "https://hooks.example/", events: ["task:created"] };
  const { id } = withId.parse(await made(call(owner, "POST", "/webhooks", hook)));
  await newTask(owner);
  const first = async () =>
    deliveries.parse(await made(call(owner, "GET", `/webhooks/${id}/deliveries`))).items[0];
  await expect.poll(first).toBeDefined();
  return { webhookId: id, deliveryId: (await first())?.id ?? "" };
}

async function newKey(userId: string, expiresMs: number): Promise<{ id: string; key: string }> {
  const { key, hash } = await mintApiKey();
  const id = newId("key", Date.now());
  const times = {
    createdAt: new Date().toISOString(),
    expiresAt: new Date(expiresMs).toISOString(),
  };
  await addApiKey(env.DB, { id, userId, hash, name: "test", scopes: ["read"], ...times });
  return { id, key };
}

async function made(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
