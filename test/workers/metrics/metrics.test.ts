import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import type { StepFailure } from "../../../src/resources/step";
import { samplesIn } from "../../support/exposition";
import { clockTo, ring } from "../../support/room-alarm";
import { call, newTask, newUser, ORIGIN, RoomClient, tokenOf } from "../../support/room-client";
import { converse, says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { UserClient } from "../../support/user-client";
import { control } from "../../worker/control";

const MISSING = "taskroom_metrics_shards_missing";
const GONE: StepFailure = {
  type: "failure",
  code: "model_unavailable",
  message: "The model is not there.",
  retryable: true,
};

let alice: string;
let model: ScriptedModel;
let before: Record<string, number>;

async function scrape(): Promise<Response> {
  const token = await tokenOf({ sub: "prometheus", scope: "admin" });
  return exports.default.fetch(`${ORIGIN}/metrics`, {
    headers: { Authorization: `Bearer ${token}` },
  });
}

const samples = async () => samplesIn(await (await scrape()).text());

/** What has been added since the test began, by name without the prefix; histograms by their count. */
async function added(): Promise<Record<string, number>> {
  const more = Object.entries(await samples()).flatMap(([key, value]) => {
    const difference = value - (before[key] ?? 0);
    const isShown = difference !== 0 && !/_(?:bucket|sum)(?:\{|$)/.test(key);
    return isShown ? [[key.slice("taskroom_".length), difference] as const] : [];
  });
  return Object.fromEntries(more);
}

beforeEach(async () => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
  before = await samples();
});

afterEach(() => {
  control.clockAheadMs = 0;
  control.d1 = "up";
  control.brokenShards.clear();
  control.metrics = "up";
  vi.restoreAllMocks();
});

describe("GET /metrics", () => {
  it("[W1] counts a turn with a retry and a refusal, from the room to Prometheus' text", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "go" });
    (await model.attempt(1)).say("half", GONE);
    await client.frames.next(({ type }) => type === "chat:error");
    await ring(taskId);
    const again = await model.attempt(2);
    again.say("whole");
    again.finish();
    await client.frames.next(says("turn:status", "COMPLETED"));
    const refused = await client.ask("turn:confirm", {
      turnId: "turn_00000000000000000000000000",
      step: "assistant",
      approve: true,
    });
    expect(refused.error).toMatchObject({ code: "not_found" });
    await client.ask("chat:nonsense");
    await call(alice, "PATCH", `/tasks/${taskId}/status`, { status: "RUNNING" });
    await exports.default.fetch(`${ORIGIN}/openai/v1/responses`, { method: "POST" });
    client.close();

    await expect.poll(added).toMatchObject({
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds_count{status="COMPLETED"}': 1,
      'retries_total{code="model_unavailable"}': 1,
      'messages_total{role="user"}': 1,
      'messages_total{role="assistant"}': 1,
      'tokens_total{direction="input"}': 10,
      'tokens_total{direction="output"}': 20,
      time_to_first_token_seconds_count: 1,
      // On a busy machine it may have rung by itself before it was rung.
      'alarm_lateness_seconds_count{room="task"}': expect.any(Number),
      'connections_opened_total{room="task"}': 1,
      'connections_closed_total{room="task"}': 1,
      'sessions_total{event="opened"}': 1,
      'refusals_total{via="socket",code="not_found"}': 1,
      'refusals_total{via="socket",code="invalid_request"}': 1,
      'refusals_total{via="rest",code="invalid_transition"}': 1,
      'refusals_total{via="openai",code="unauthorized"}': 1,
      'outbox_lag_seconds_count{destination="d1"}': expect.any(Number),
      'outbox_lag_seconds_count{destination="meters"}': expect.any(Number),
    });
    const seen = await added();
    expect(Object.keys(seen).filter((key) => key.includes("failures"))).toEqual([]);
    expect(seen).not.toHaveProperty("metrics_dropped_total");
  });

  it("counts what becomes of sessions, devices and streams", async () => {
    const taskId = await newTask(alice);
    const first = await RoomClient.join(alice, taskId);
    const { recoveryToken, sessionId } = z
      .looseObject({ recoveryToken: z.string(), sessionId: z.string() })
      .parse(first.ready);
    const second = await RoomClient.join(alice, taskId, { resume: recoveryToken });
    await call(alice, "DELETE", `/sessions/${sessionId}`);
    await second.frames.whenClosed();
    const device = await UserClient.open(alice);
    device.close();
    const stream = await call(alice, "GET", `/tasks/${taskId}/events`, undefined, {
      Accept: "text/event-stream",
    });
    await stream.body?.cancel();
    await expect.poll(added).toMatchObject({
      'sessions_total{event="opened"}': 1,
      'sessions_total{event="resumed"}': 1,
      'sessions_total{event="revoked"}': 1,
      'connections_opened_total{room="task"}': 2,
      'connections_closed_total{room="task"}': 2,
      'connections_opened_total{room="user"}': 1,
      'connections_closed_total{room="user"}': 1,
      'connections_opened_total{room="stream"}': 1,
    });
  });

  it("shows how late D1 hears of things, and how often it did not", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    control.d1 = "down";
    await converse(client, model, "hello");
    await expect.poll(added).toHaveProperty(['outbox_failures_total{destination="d1"}']);
    control.d1 = "up";
    clockTo(Date.now() + 90_000);
    await ring(taskId);
    const over60s = 'taskroom_outbox_lag_seconds_bucket{destination="d1",le="60"}';
    const all = 'taskroom_outbox_lag_seconds_bucket{destination="d1",le="+Inf"}';
    const late = async () => {
      const now = await samples();
      const grown = (key: string) => (now[key] ?? 0) - (before[key] ?? 0);
      return grown(all) - grown(over60s);
    };
    await expect.poll(late).toBe(1);
  });

  it("[Y3] shows how full each database of histories is", async () => {
    control.d1Sizes.set("HISTORY_1", 9_100_000_000);
    await env.DB.prepare("DELETE FROM history_shards").run();
    const now = await samples();
    control.d1Sizes.clear();
    expect(now['taskroom_history_bytes{shard="HISTORY_1"}']).toBe(9_100_000_000);
    expect(now['taskroom_history_full_ratio{shard="HISTORY_1"}']).toBeCloseTo(0.91);
    expect(now['taskroom_history_up{shard="HISTORY_0"}']).toBe(1);
    expect(now['taskroom_history_bytes{shard="HISTORY_0"}']).toBeGreaterThan(0);
  });

  it("shows how late alarms ring", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "go" });
    (await model.attempt(1)).say(GONE);
    await client.frames.next(({ type }) => type === "chat:error");
    clockTo(Date.now() + 20_000);
    await ring(taskId);
    const sum = 'taskroom_alarm_lateness_seconds_sum{room="task"}';
    const lateness = async () => ((await samples())[sum] ?? 0) - (before[sum] ?? 0);
    await expect.poll(lateness).toBeGreaterThan(15);
  });
});

describe("counting is best effort", () => {
  it("[W1] with a shard down the answer says so, and leaves out what would be too small", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    control.brokenShards.add("3").add("5");
    const response = await scrape();
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(samplesIn(await response.text())).toEqual({ [MISSING]: 2 });
    expect(log).toHaveBeenCalledOnce();
    control.brokenShards.clear();
    const after = await samples();
    expect(after[MISSING]).toBe(0);
    // What an earlier test's room still had to tell may have come in meanwhile.
    for (const [key, value] of Object.entries(before)) {
      expect(after[key], key).toBeGreaterThanOrEqual(value);
    }
  });

  it("[W1] with its shard down the work goes on, and what was lost is counted", async () => {
    control.metrics = "down";
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "hello");
    const { metricsLost } = control;
    // The turn is in the batch with this refusal, if not in an earlier one.
    await client.ask("chat:nonsense");
    await expect.poll(() => control.metricsLost).toBeGreaterThan(metricsLost);
    control.metrics = "up";
    await converse(client, model, "again");
    await expect.poll(added).toMatchObject({
      'turns_total{status="COMPLETED"}': 1,
      metrics_dropped_total: expect.any(Number),
    });
  });

  it("[W1] costs the task's room no row", async () => {
    const taskId = await newTask(alice);
    const client = await RoomClient.join(alice, taskId);
    await converse(client, model, "hello");
    await expect.poll(added).toHaveProperty(['turns_total{status="COMPLETED"}']);
    const lag = async () => (await call(alice, "GET", `/tasks/${taskId}/stats`)).json();
    await expect.poll(lag).toMatchObject({ outboxLag: 0 });
    control.rowsWritten = 0;
    await client.ask("chat:nonsense");
    const refusals = 'refusals_total{via="socket",code="invalid_request"}';
    await expect.poll(added).toHaveProperty([refusals]);
    expect(control.rowsWritten).toBe(0);
  });
});

describe("a shard", () => {
  const KEY = 'taskroom_turns_total{status="FAILED"}';
  const shard = () => env.METRICS_SHARD.getByName("of this test");
  /** The counters as they are in the shard's storage. */
  const stored = () =>
    runInDurableObject(shard(), (_, { storage }) =>
      storage.sql
        .exec("SELECT body ->> '$.counters' AS counters FROM tally")
        .toArray()
        .map(({ counters }) => JSON.parse(String(counters))),
    );
  const one = { counters: { [KEY]: 1 }, histograms: {} };

  it("keeps its counts through hibernation", async () => {
    await shard().add(one);
    await shard().add(one);
    await expect.poll(stored).toEqual([{ [KEY]: 2 }]);
    await evictDurableObject(shard());
    await shard().add(one);
    expect((await shard().read()).counters).toEqual({ [KEY]: 3 });
  });

  it("takes nothing that is not a tally, nor a series that nobody defined", async () => {
    const before = await shard().read();
    await shard().add({ counters: { "made_up{}": 1 }, histograms: {} });
    const added = runInDurableObject(shard(), (object) =>
      object.add({ counters: { [KEY]: -1 }, histograms: {} }).catch(() => "refused"),
    );
    expect(await added).toBe("refused");
    expect(await shard().read()).toEqual(before);
  });

  it.each(["no JSON", '{"counters":7}'])("begins anew where it stored %s", async (body) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await evictDurableObject(shard());
    await runInDurableObject(shard(), (_, { storage }) => {
      storage.sql.exec("INSERT OR REPLACE INTO tally (id, body) VALUES (1, ?)", body);
    });
    await evictDurableObject(shard());
    expect(await shard().read()).toEqual({ counters: {}, histograms: {}, levels: {} });
    expect(log.mock.calls.flat().join()).toContain("metrics_unreadable");
  });
});
