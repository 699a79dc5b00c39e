import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";

/** As the last release names it. */
const PRINCIPAL_HEADER = "taskroom-principal";

import { meterOf } from "../../../src/durable-objects/usage-meter/api";
import { newId } from "../../../src/protocol/ids";
import { usageReport } from "../../../src/protocol/rooms/metering";
import { Release } from "../../compat/released";
import { roomOf } from "../../support/room-alarm";
import { newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { clock, control, freeClock, stopClock } from "../../worker/control";
import { UserRoom } from "../../worker/user-room";

const arrival = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });
const outcome = z.looseObject({ ok: z.literal(true), value: z.unknown() });

const release = new Release();
const { alice } = release;
let model: ScriptedModel;

beforeAll(async () => {
  stopClock();
  model = new ScriptedModel();
  control.model = model.callAgent;
  await release.database();
});
afterAll(freeClock);

/** As they were said, and as a later version may say them: with members that nobody here knows. */
const callers = [
  ["the release", (argument: unknown) => argument],
  [
    "a later version",
    (argument: unknown) =>
      typeof argument === "object" && argument !== null
        ? { ...argument, later: { than: "this" } }
        : argument,
  ],
] as const;

/** Where each member of `old` is, `answer` has one of the same kind: who reads the old finds all. */
function missing(old: unknown, answer: unknown, path = "answer"): string[] {
  if (typeof old !== typeof answer) return [path];
  if (typeof old !== "object" || old === null || Array.isArray(old)) return [];
  return Object.entries(old).flatMap(([name, value]) =>
    missing(value, Object(answer)[name], `${path}.${name}`),
  );
}

describe.each(callers)("%s says to this version", (_who, said) => {
  it("what makes a task, and can read the answer", async () => {
    for (const { args, answer } of release.calls("TaskRoom", "create")) {
      const taskId = newId("task", clock());
      const [principal, input] = args.map(said);
      const made = await Object(roomOf(taskId)).create(principal, { ...Object(input), taskId });
      expect(missing(answer, made)).toEqual([]);
    }
  });

  it("who opens a connection, and can read the session", async () => {
    const [call] = release.calls("UserRoom", "openSession");
    const user = newUser();
    const input = { ...Object(said(call?.args[0])), userId: user };
    const opened = await Object(env.USER_ROOM.getByName(user)).openSession(input);
    expect(missing(call?.answer, opened)).toEqual([]);
    const { session } = z
      .object({ session: z.object({ id: z.string() }) })
      .parse(outcome.parse(opened).value);
    await Object(env.USER_ROOM.getByName(user)).closeConnection(
      session.id,
      input.connectionId,
      clock(),
    );
  });

  it("a task's news", async () => {
    const user = newUser();
    const home = env.USER_ROOM.getByName(user);
    for (const { args } of release.calls("UserRoom", "deliver")) {
      await Object(home).deliver(said(args[0]));
    }
    const { value } = outcome.parse(await Object(home).listNotifications({ limit: 50 }));
    const { items } = z
      .object({ items: z.array(z.looseObject({ kind: z.string() })) })
      .parse(value);
    expect(items.map(({ kind }) => kind)).toContain("task_completed");
  });

  it("what a task has used", async () => {
    const user = newUser();
    for (const { args } of release.calls("UsageMeter", "count")) {
      const report = usageReport.parse(said(args[0]));
      await meterOf(env, user).count({ ...report, ...Object(said({})) });
    }
    const { month } = await meterOf(env, user).read(clock());
    expect(month.turns).toBeGreaterThan(0);
  });
});

it.each(callers)("an arrival that %s hands over is let in", async (who, said) => {
  const taskId = await release.room(who === "the release" ? "at rest" : "half told");
  const { url, headers } = arrival.parse(release.calls("TaskRoom", "fetch")[0]?.args[0]);
  const principal = JSON.parse(decodeURIComponent(headers[PRINCIPAL_HEADER] ?? ""));
  const now = said({ ...principal, expiresAt: clock() + 60_000 });
  const { status, webSocket } = await roomOf(taskId).fetch(url, {
    headers: { ...headers, [PRINCIPAL_HEADER]: encodeURIComponent(JSON.stringify(now)) },
  });
  expect(status).toBe(101);
  webSocket?.accept();
  webSocket?.close(1000, "bye");
});

it("an answer that a user's home of the release gives opens a connection", async () => {
  const taskId = await release.room("retrying");
  const [call] = release.calls("UserRoom", "openSession");
  const open = vi.spyOn(UserRoom.prototype, "openSession").mockResolvedValue(Object(call?.answer));
  const client = await RoomClient.join(alice, taskId);
  expect(open).toHaveBeenCalled();
  expect(client.ready.sessionId).toBe(Object(call?.answer).value.session.id);
  client.close();
  vi.restoreAllMocks();
});

it("a socket that the release has let in stays, and hears what this version says", async () => {
  const taskId = await release.room("waiting");
  const client = await RoomClient.join(alice, taskId);
  await runInDurableObject(roomOf(taskId), (_, state) => {
    for (const ws of state.getWebSockets()) {
      const { connectionId, sessionId } = Object(ws.deserializeAttachment());
      ws.serializeAttachment({ ...release.attachment, connectionId, sessionId });
    }
  });
  await evictDurableObject(roomOf(taskId));
  const from = client.frames.all.length;
  expect((await client.ask("chat:cancel")).type).toBe("ack");
  await client.frames.next(says("turn:status", "INTERRUPTED"), from);
  client.close();
});
