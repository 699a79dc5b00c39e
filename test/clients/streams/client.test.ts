import { stream } from "@durable-streams/client";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";

type Event = { type: string; seq: number };
const listed = z.object({ items: z.array(z.looseObject({ seq: z.number() })) });

const server = new Server(inject("shared").production);
let alice: WireUser;
let token: string;
beforeAll(async () => {
  alice = await WireUser.of(server, "alice-with-streams");
  token = await server.token(alice.name);
});

const urlOf = (taskId: string) => `${server.url}/streams/tasks/${taskId}`;
const headersOf = (bearer: string) => ({ Authorization: `Bearer ${bearer}` });

async function log(taskId: string): Promise<unknown[]> {
  return (await alice.ask(listed, "GET", `/tasks/${taskId}/events?limit=200`)).items;
}

/** Asks for a turn and waits until it is over; gives how many events the log has then. */
async function turn(taskId: string): Promise<void> {
  await alice.ask(z.unknown(), "POST", `/tasks/${taskId}/execute`, { input: "Hello" });
  await until("it is over", async () =>
    JSON.stringify((await log(taskId)).at(-1)).includes("COMPLETED"),
  );
}

const read = (taskId: string, more: object = {}) =>
  stream<Event>({ url: urlOf(taskId), headers: headersOf(token), warnOnHttp: false, ...more });

describe("[F6] the client of Durable Streams", () => {
  it("reads a task's log whole, and on from where it was", async () => {
    const taskId = await alice.newTask();
    await turn(taskId);
    const first = await read(taskId, { live: false });
    expect(await first.json()).toEqual(await log(taskId));
    const { offset } = first;
    await turn(taskId);
    const second = await read(taskId, { live: false, offset });
    const all = await log(taskId);
    const before = all.length - (await second.json()).length;
    expect(before).toBeGreaterThan(0);
    const again = await read(taskId, { live: false, offset });
    expect(await again.json()).toEqual(all.slice(before));
    const now = await read(taskId, { live: false, offset: "now" });
    expect(await now.json()).toEqual([]);
  });

  it.each([true, "long-poll", "sse"] as const)(
    "follows it live (%s), each event once, until the task is cancelled",
    async (live) => {
      const taskId = await alice.newTask();
      const followed = await read(taskId, { live });
      const heard: Event[] = [];
      followed.subscribeJson(({ items }) => void heard.push(...items));
      await turn(taskId);
      await until("it is heard", async () => heard.length === (await log(taskId)).length);
      await alice.ask(z.unknown(), "PATCH", `/tasks/${taskId}/status`, { status: "CANCELLED" });
      await followed.closed;
      expect(heard).toEqual(await log(taskId));
    },
  );

  it("is told of what is not there any more, and not of what is another's", async () => {
    const taskId = await alice.newTask();
    const ask = (offset: string, bearer = token) =>
      fetch(`${urlOf(taskId)}?offset=${offset}`, { headers: headersOf(bearer) });
    expect((await ask("another-000000000000001")).status).toBe(410);
    expect((await ask("7")).status).toBe(400);
    expect((await ask("-1", await server.token("bob-elsewhere"))).status).toBe(404);
  });
});
