import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { userEventType } from "../../../src/protocol/user-events";
import { Release } from "../../compat/released";
import { call } from "../../support/room-client";
import { freeClock, stopClock } from "../../worker/control";

// What this version stores that the release reads by a closed list: a rollback finds it.

const page = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const listed = z.object({
  items: z.array(z.looseObject({ type: z.string(), status: z.string() })),
});

const release = new Release();
const { alice } = release;

beforeAll(async () => {
  stopClock();
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
  await release.database();
  await release.home();
});
afterAll(() => {
  freeClock();
  vi.restoreAllMocks();
});

async function ask<T>(schema: z.ZodType<T>, path: string): Promise<T> {
  return schema.parse(await (await call(alice, "GET", path)).json());
}

it("a delivery that tries an endpoint out has a type that the release knows, and is listed as a test", async () => {
  const [webhook] = (await ask(page, "/webhooks")).items;
  const path = `/webhooks/${webhook?.id}`;
  expect((await call(alice, "POST", `${path}/test`)).status).toBe(202);
  const types = await runInDurableObject(env.USER_ROOM.getByName(alice), (_, { storage }) =>
    storage.sql.exec("SELECT DISTINCT type FROM deliveries").toArray(),
  );
  // The release has the types of the user's events, and no other.
  expect(types.map(({ type }) => userEventType.safeParse(type).success)).not.toContain(false);
  await expect
    .poll(async () => (await ask(listed, `${path}/deliveries`)).items[0])
    .toMatchObject({ type: "webhook:test", status: "failed" });
});
