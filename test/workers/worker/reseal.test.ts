import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { UserRoom } from "../../../src/durable-objects/user-room/user-room";
import { putSecrets } from "../../../src/history/operator/sealed-rows";
import { findResource } from "../../../src/history/resources";
import { isSealedWith, unseal } from "../../../src/platform/sealing";
import { resealPage } from "../../../src/protocol/operator/reseal";
import { identityOf } from "../../../src/resources/secrets";
import { newUser } from "../../support/room-client";
import { call, environment, token } from "./build";

const OLD = btoa("0".repeat(32));
const NEW = btoa("1".repeat(32));
const BOTH = `${NEW},${OLD}`;
const none = { resealed: 0, current: 0, lost: 0 };

let alice: string;

beforeEach(async () => {
  alice = newUser();
  vi.spyOn(console, "error").mockImplementation(() => {});
  await env.DB.prepare("DELETE FROM resources").run();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A shell with a secret and a header, stored under the old key. */
async function store(name: string, SECRETS_KEY = OLD): Promise<void> {
  const spec = {
    runtime: "http",
    url: "https://agent.test",
    secret: "whsec_b2xk",
    headers: { "X-Key": "header" },
  };
  const response = await call("/api/v1/shells", {
    method: "POST",
    token: await token({ sub: alice }),
    body: { metadata: { name }, spec },
    env: { SECRETS_KEY },
  });
  expect(response.status).toBe(201);
}

async function stored(name: string) {
  const found = await findResource(env.DB, { kind: "Shell", namespace: alice, name });
  if (!found) throw new Error("not there");
  return found;
}

const asked: string[] = [];
const users = {
  getByName: (userId: string) => ({
    reseal: async () => {
      asked.push(userId);
      if (userId === "unreachable") throw new Error("gone");
      return { ...none, current: 1 };
    },
  }),
};

async function page(cursor?: string, over: object = {}): Promise<Response> {
  return call("/api/v1/secrets/reseal", {
    method: "POST",
    token: await token({ scope: "admin" }),
    body: cursor === undefined ? {} : { cursor },
    env: { SECRETS_KEY: BOTH, USER_ROOM: users, ...over },
  });
}

/** A whole walk, page by page. */
async function walk() {
  const sum = { ...none, unreachable: 0, pages: 0 };
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const seen = resealPage.parse(await (await page(cursor)).json());
    for (const name of ["resealed", "current", "lost", "unreachable"] as const) {
      sum[name] += seen[name];
    }
    sum.pages++;
    cursor = seen.nextCursor;
  }
  return sum;
}

it("seals every stored secret with the first key, and again changes nothing", async () => {
  for (let n = 0; n < 60; n++) await store(`s-${n}`);
  const before = await stored("s-7");
  asked.length = 0;
  const first = await walk();
  expect(first).toMatchObject({ resealed: 120, lost: 0 });
  expect(first.pages).toBeGreaterThan(2);
  expect(asked.filter((userId) => userId === alice)).toHaveLength(1);
  const after = await stored("s-7");
  expect({ ...after, secrets: {} }).toEqual({ ...before, secrets: {} });
  for (const [path, value] of [
    ["secret", "whsec_b2xk"],
    ["headers/X-Key", "header"],
  ] as const) {
    const sealed = after.secrets[path] ?? "";
    expect(await isSealedWith(NEW, sealed)).toBe(true);
    expect(await unseal([NEW], sealed, identityOf(after))).toBe(value);
  }
  expect(await walk()).toMatchObject({ resealed: 0, lost: 0, pages: first.pages });
  expect((await stored("s-7")).secrets).toEqual(after.secrets);
});

it("what no key opens is left as it is, and counted", async () => {
  await store("mine", btoa("2".repeat(32)));
  const before = await stored("mine");
  expect(await walk()).toMatchObject({ resealed: 0, lost: 2 });
  expect(await stored("mine")).toEqual(before);
});

it("what its user changes in the same moment is not overwritten", async () => {
  await store("mine");
  const read = await stored("mine");
  await env.DB.prepare("UPDATE resources SET version = version + 1").run();
  await putSecrets(env.DB, { ...read, secrets: {} });
  expect((await stored("mine")).secrets).toEqual(read.secrets);
});

it("a room that does not answer is counted, and keeps none of the others from theirs", async () => {
  const insert = `INSERT INTO api_keys (id, user_id, hash, name, scopes, created_at)
    VALUES (?1, ?2, ?1, 'k', '[]', '')`;
  for (const user of ["unreachable", "zoe"]) {
    await env.DB.prepare(insert).bind(`key_${user}_${alice}`, user).run();
  }
  asked.length = 0;
  expect(await walk()).toMatchObject({ unreachable: 1 });
  expect(asked).toContain("zoe");
});

it.each<[string, object, string | undefined, number]>([
  ["a cursor that is none", {}, "nope", 400],
  ["no key to seal with", { SECRETS_KEY: "" }, undefined, 503],
])("refuses %s", async (_name, over, cursor, status) => {
  expect((await page(cursor, over)).status).toBe(status);
});

const row = z.object({ id: z.string(), secret: z.string() });

it("a user's room seals its webhooks' secrets, and makes nothing where there is nothing", async () => {
  const as = <R>(key: string, act: (room: UserRoom, state: DurableObjectState) => R | Promise<R>) =>
    runInDurableObject(env.USER_ROOM.getByName(alice), (_, state) =>
      act(new UserRoom(state, environment({ SECRETS_KEY: key })), state),
    );
  const tables = (state: DurableObjectState) =>
    state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'webhooks'").toArray();
  expect(await as(BOTH, (room) => room.reseal())).toEqual(none);
  expect(await as(BOTH, (_, state) => tables(state))).toEqual([]);
  const made = await as(OLD, (room) =>
    room.createWebhook({ url: "https://hooks.test", events: ["notification"] }),
  );
  if (!made.ok) throw new Error("refused");
  expect(await as(BOTH, (room) => room.reseal())).toEqual({ ...none, resealed: 1 });
  expect(await as(BOTH, (room) => room.reseal())).toEqual({ ...none, current: 1 });
  const [kept] = await as(NEW, (_, state) =>
    state.storage.sql.exec("SELECT id, secret FROM webhooks").toArray(),
  );
  const { id, secret } = row.parse(kept);
  expect(await isSealedWith(NEW, secret)).toBe(true);
  expect(await unseal([NEW], secret, `webhook/${id}`)).toBe(made.value.secret);
  expect(await as(btoa("3".repeat(32)), (room) => room.reseal())).toEqual({ ...none, lost: 1 });
});
