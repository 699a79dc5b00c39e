import { expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";

const page = z.object({ items: z.array(z.looseObject({ role: z.string(), content: z.string() })) });

it("[L3] two clients see the same events in the same order and the whole answer", async () => {
  const alice = newUser();
  const taskId = await newTask(alice, { title: "Main job" });
  const one = await RoomClient.join(alice, taskId);
  const two = await RoomClient.join(alice, taskId);
  const ack = await one.ask("chat:send", { content: "/fast hello 🎉" });
  expect(ack).toMatchObject({ type: "ack", data: { duplicate: false } });
  for (const client of [one, two]) {
    await client.frames.next(
      (frame) =>
        frame.type === "task:status" &&
        z.object({ status: z.string() }).parse(frame.data).status === "COMPLETED",
    );
  }
  expect(one.frames.logged()).toEqual(two.frames.logged());
  expect(one.frames.logged().map(({ type }) => type)).toEqual([
    "chat:message",
    "turn:status",
    "task:status",
    "turn:status",
    "chat:start",
    "chat:done",
    "turn:status",
    "task:status",
  ]);
  expect(one.frames.state).toEqual(two.frames.state);
  expect(one.frames.of("chat:chunk").length).toBeGreaterThan(0);

  const messages = page.parse(
    await (await call(alice, "GET", `/messages?taskId=${taskId}`)).json(),
  );
  expect(messages.items.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(messages.items).toEqual(one.frames.state?.messages);
});
