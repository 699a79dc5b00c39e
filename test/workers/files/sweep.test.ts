import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { sweep } from "../../../src/worker/sweep";
import { newUser } from "../../support/room-client";
import { environment, fakeRooms } from "../worker/build";
import { inBucket, stored } from "./uploads";

const DAY_MS = 24 * 60 * 60 * 1000;
const MINUTE_MS = 60_000;
const START = Date.now();

let alice: string;

beforeEach(async () => {
  alice = newUser();
  await env.DB.exec("DELETE FROM sweeps");
  await env.FILES?.delete(await inBucket());
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Bytes as a crash would leave them: no home knows of them. */
async function orphan(owner?: string): Promise<string> {
  const id = newId("file", START);
  const said = owner === undefined ? {} : { owner, name: "a", mediaType: "text/plain" };
  await env.FILES?.put(id, "lost", { customMetadata: said });
  return id;
}

it("[FL10] once a day what no home knows is removed, and nothing else", async () => {
  const { id } = await stored(alice);
  await orphan(alice);
  await orphan(newUser());
  await orphan();
  await env.FILES?.put("not-ours.txt", "kept");
  await sweep(env, START);
  expect(await inBucket()).toEqual([id, "not-ours.txt"]);
  const later = await orphan(alice);
  await sweep(env, START + DAY_MS - MINUTE_MS);
  expect(await inBucket()).toContain(later);
  await sweep(env, START + DAY_MS);
  expect(await inBucket()).toEqual([id, "not-ours.txt"]);
});

it("[FL10] piece by piece, from where it was: each run has a bound", async () => {
  await Promise.all(Array.from({ length: 301 }, () => orphan(alice)));
  await sweep(env, START);
  expect(await inBucket()).toHaveLength(1);
  await sweep(env, START + MINUTE_MS);
  expect(await inBucket()).toEqual([]);
  await orphan(alice);
  await sweep(env, START + 2 * MINUTE_MS);
  expect(await inBucket()).toHaveLength(1);
});

it("[FL10] what a home that can't be asked may know stays until the next day", async () => {
  const id = await orphan(alice);
  const { env: rooms } = fakeRooms({
    user: { unknownFiles: () => Promise.reject(new Error("away")) },
  });
  await sweep(environment(rooms), START);
  expect(await inBucket()).toEqual([id]);
  await sweep(env, START + DAY_MS);
  expect(await inBucket()).toEqual([]);
});

it("[FL11] without a bucket there is nothing to sweep", async () => {
  await sweep(environment({ FILES: undefined }), START);
  expect(await env.DB.prepare("SELECT * FROM sweeps").first()).toBeNull();
});
