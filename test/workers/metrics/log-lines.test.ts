import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const line = z.looseObject({
  level: z.enum(["info", "warn", "error"]),
  event: z.string(),
  requestId: z.string().optional(),
  taskId: z.string().optional(),
  turnId: z.string().optional(),
  attempt: z.number().optional(),
});

const NOBODYS = "turn_00000000000000000000000000";

let alice: string;
let model: ScriptedModel;
let lines: string[];

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  lines = [];
  for (const method of ["log", "warn", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((text) => void lines.push(String(text)));
  }
});
afterEach(() => {
  control.meters = "up";
  control.settings = {};
  vi.restoreAllMocks();
});

const written = () => lines.map((text) => line.parse(JSON.parse(text)));
const ofTask = (taskId: string) => written().filter((item) => item.taskId === taskId);

it("[W2] a request's id leads to its task and turn, and the turn's to each of its attempts", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  const body = { input: "the secret words" };
  const answer = await call(alice, "POST", `/tasks/${taskId}/execute`, body, {
    "X-Request-Id": "request-of-this-test",
  });
  const { turn } = z.object({ turn: z.looseObject({ id: z.string() }) }).parse(await answer.json());
  (await model.attempt(1)).say("more secrets", {
    type: "failure",
    code: "model_rejected",
    message: "It was rejected.",
    retryable: false,
  });
  await client.frames.next(says("turn:status", "FAILED"));
  const ids = { taskId, turnId: turn.id };
  await expect
    .poll(() => ofTask(taskId))
    .toEqual([
      expect.objectContaining({ level: "info", event: "command_accepted", command: "create" }),
      {
        ...{ level: "info", event: "command_accepted", command: "send" },
        ...{ requestId: "request-of-this-test", ...ids },
      },
      expect.objectContaining({ level: "info", event: "attempt_started", attempt: 1, ...ids }),
      expect.objectContaining({
        ...{ level: "warn", event: "attempt_failed", attempt: 1, code: "model_rejected" },
        ...ids,
      }),
      expect.objectContaining({
        ...{ level: "info", event: "turn_ended", status: "FAILED", code: "model_rejected" },
        ...ids,
      }),
    ]);
  expect(lines.join()).not.toContain("secret");
});

it("[W2] a socket's lines name the request that it came with", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join(alice, taskId);
  await client.ask("chat:send", { content: "one" });
  await client.ask("chat:send", { content: "two" });
  await client.ask("chat:cancel");
  await client.ask("turn:confirm", { turnId: NOBODYS, step: "work", approve: true });
  const accepted = () => ofTask(taskId).filter(({ event }) => event === "command_accepted");
  await expect
    .poll(() => accepted().map(({ command }) => command))
    .toEqual(["create", "send", "send", "cancel"]);
  const [made, first, second, stop] = accepted();
  expect(first?.requestId).toMatch(/^req_/);
  expect(first?.requestId).not.toBe(made?.requestId);
  expect([second?.requestId, stop?.requestId]).toEqual([first?.requestId, first?.requestId]);
  expect(stop?.turnId).toBe(first?.turnId);
  client.close();
});

it("[W2] what fails behind a request names it too", async () => {
  control.settings = { TURNS_PER_DAY: 5 };
  control.meters = "down";
  const taskId = await newTask(alice);
  const id = { "X-Request-Id": "it-failed" };
  const answer = await call(alice, "POST", `/tasks/${taskId}/execute`, { input: "go" }, id);
  expect(answer.status).toBe(503);
  expect(ofTask(taskId).filter(({ level }) => level === "error")).toMatchObject([
    { level: "error", event: "meter_failed", requestId: "it-failed", taskId },
  ]);
});
