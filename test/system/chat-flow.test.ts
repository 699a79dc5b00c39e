import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { answer, bytewise, done, finish, gate, text, usage, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { modelTeam } from "../support/model-team";
import { says } from "../support/room-turns";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { until } from "../support/until";
import { WireUser } from "../support/wire-client";

const server = new Server(inject("shared").testBuild);
let model: ModelServer;
let alice: WireUser;
let teamRef: string;

beforeAll(async () => {
  model = await startModelServer();
  alice = await WireUser.of(server, "alice-who-chats");
  teamRef = await modelTeam(alice, model);
});

afterAll(() => model.close());

const messages = z.looseObject({
  items: z.array(z.looseObject({ role: z.string(), content: z.string() })),
});

it("two clients hear the same numbers and exactly what the model sent, emoji included, and it is in history at chat:done", async () => {
  const sent = "Zażółć 👩‍👩‍👧‍👦 – naïve 🎉, 漢字.";
  model.script([text("Hi "), bytewise(sent), finish(), usage(3, 5), done]);
  const taskId = await alice.newTask({ teamRef });
  const one = await alice.join(taskId);
  const two = await alice.join(taskId);
  await one.ask("chat:send", { content: "hello" });
  await one.frames.next(({ type }) => type === "chat:done");
  const page = messages.parse(await (await alice.call("GET", `/messages?taskId=${taskId}`)).json());
  expect(page.items.map(({ role, content }) => [role, content])).toEqual([
    ["user", "hello"],
    ["assistant", `Hi ${sent}`],
  ]);
  for (const { frames } of [one, two]) await frames.next(says("task:status", "COMPLETED"));
  expect(two.frames.logged()).toEqual(one.frames.logged());
  expect(two.frames.state).toEqual(one.frames.state);
  const [request] = model.requests.slice(-1);
  expect(request?.body).toMatchObject({ model: "m-1", stream_options: { include_usage: true } });
  await Promise.all([one.close(), two.close()]);
});

it("a stop reaches the provider, and nothing of the attempt is heard afterwards", async () => {
  const more = gate();
  model.script([text("one "), wait(more), text("two"), finish(), done]);
  const taskId = await alice.newTask({ teamRef });
  const client = await alice.join(taskId);
  await client.ask("chat:send", { content: "hello" });
  await client.frames.next(({ type }) => type === "chat:chunk");
  const request = model.requests.at(-1);
  await client.ask("chat:cancel");
  expect(await request?.aborted).toBeDefined();
  const heard = client.frames.all.length;
  more.open();
  await client.ask("history:sync");
  expect(client.frames.all.slice(heard).map(({ type }) => type)).toEqual(["ack"]);
  expect(client.frames.state?.messages.at(-1)).toMatchObject({
    content: "one ",
    status: "interrupted",
  });
  await client.close();
});

it("a room that was silent sleeps, and the next message wakes a new instance on the same socket", async () => {
  model.script(answer("first"), answer("second"));
  const taskId = await alice.newTask({ teamRef });
  const client = await alice.join(taskId);
  await client.ask("chat:send", { content: "one" });
  await client.frames.next(says("task:status", "COMPLETED"));
  const constructed = async () => {
    const response = await fetch(`${server.url}/test/constructed?task=${taskId}`);
    return z.object({ constructed: z.number() }).parse(await response.json()).constructed;
  };
  const before = await constructed();
  // The runtime decides when a room has been idle long enough; a try that came too early waits on.
  await until(
    "a new instance answers",
    async () => {
      await client.ask("history:sync");
      if ((await constructed()) > before) return true;
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      return false;
    },
    60_000,
  );
  const from = client.frames.all.length;
  await client.ask("chat:send", { content: "two" });
  await client.frames.next(says("task:status", "COMPLETED"), from);
  expect(client.frames.state?.messages.map(({ content }) => content)).toEqual([
    "one",
    "first",
    "two",
    "second",
  ]);
  await client.close();
});
