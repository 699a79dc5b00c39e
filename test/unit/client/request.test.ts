import { describe, expect, it, vi } from "vitest";
import { TaskroomError } from "../../../src/client";
import { client } from "./connected";

describe("a request", () => {
  it("goes below /api/v1 with the token in its header, asked for anew", async () => {
    let asked = 0;
    const { wire, taskroom } = client({ token: async () => `t-${++asked}` });
    wire.answers.set("GET /usage", { status: 200, body: { today: { turns: 1 } } });
    await taskroom.request("GET", "/usage");
    expect(await taskroom.usage()).toEqual({ today: { turns: 1 } });
    expect(wire.requests.map(({ headers }) => headers)).toEqual([
      { authorization: "Bearer t-1" },
      { authorization: "Bearer t-2" },
    ]);
  });

  it("writes queries with repeated names, and leaves out what is not given", async () => {
    const urls: string[] = [];
    const { taskroom } = client({
      fetch: async (url) => {
        urls.push(url);
        const headers = new Headers();
        return { ok: true, status: 200, headers, text: async () => "{}" };
      },
    });
    await taskroom.tasks.list({ status: ["RUNNING", "FAILED"], label: ["a=b&c"], limit: 10 });
    await taskroom.tasks.messages("task_1", {});
    await taskroom.tasks.dropMember("task_1", "a/b c");
    expect(urls).toEqual([
      "https://taskroom.test/api/v1/tasks?status=RUNNING&status=FAILED&label=a%3Db%26c&limit=10",
      "https://taskroom.test/api/v1/messages?taskId=task_1",
      "https://taskroom.test/api/v1/tasks/task_1/members/a%2Fb%20c",
    ]);
  });

  it("sends a key with what it may repeat", async () => {
    const { wire, taskroom } = client();
    wire.answers.set("POST /tasks", { status: 201, body: { id: "task_1" } });
    await taskroom.tasks.create({ title: "T" }, { idempotencyKey: "k" });
    expect(wire.requests).toMatchObject([
      { body: { title: "T" }, headers: { "idempotency-key": "k" } },
    ]);
  });

  it("answers nothing where there is nothing", async () => {
    const { wire, taskroom } = client();
    wire.answers.set("DELETE /tasks/task_1", { status: 204 });
    expect(await taskroom.tasks.delete("task_1")).toBeUndefined();
  });
});

describe("a request that fails rejects with a TaskroomError", () => {
  it("of the problem's code, with all that it says", async () => {
    const { wire, taskroom } = client();
    wire.answers.set("GET /tasks/task_1", {
      status: 429,
      headers: { "retry-after": "3", "x-request-id": "r-1" },
      body: { code: "rate_limited", title: "Too many", detail: "Slow down.", status: 429 },
    });
    const error = await taskroom.tasks.get("task_1").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TaskroomError);
    expect(error).toMatchObject({
      ...{ code: "rate_limited", status: 429, title: "Too many", detail: "Slow down." },
      ...{ message: "Slow down.", retryAfterMs: 3000, requestId: "r-1" },
    });
  });

  it("with its issues and what else the code brings", async () => {
    const { wire, taskroom } = client();
    const issues = [{ path: "title", message: "too long" }];
    wire.refuses("PATCH /tasks/task_1", 400, "invalid_request", { issues });
    wire.refuses("PATCH /tasks/task_1/status", 409, "invalid_transition", { allowed: ["RUNNING"] });
    const { tasks } = taskroom;
    await expect(tasks.patch("task_1", { title: "T" })).rejects.toMatchObject({ issues });
    await expect(tasks.cancel("task_1")).rejects.toMatchObject({
      code: "invalid_transition",
      problem: { allowed: ["RUNNING"] },
    });
  });

  it.each([
    ["a page of something else", 502, "<h1>Bad Gateway</h1>"],
    ["success that is not JSON", 200, "<h1>Hello</h1>"],
    ["JSON that is no problem", 404, '"nothing"'],
  ])("bad_answer: %s", async (_, status, body) => {
    const { wire, taskroom } = client();
    wire.answers.set("GET /usage", { status, body });
    await expect(taskroom.usage()).rejects.toMatchObject({ code: "bad_answer" });
  });

  it("network, where nothing answers; with the cause", async () => {
    const { taskroom } = client();
    await expect(taskroom.usage()).rejects.toMatchObject({
      code: "network",
      cause: new TypeError("fetch failed"),
    });
  });

  it("network, where nobody gives a token in time", async () => {
    vi.useFakeTimers();
    const { wire, taskroom } = client({ token: () => new Promise<string>(() => undefined) });
    const failure = taskroom.usage().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await failure).toMatchObject({
      code: "network",
      detail: expect.stringContaining("no token"),
    });
    expect(wire.requests).toEqual([]);
    vi.useRealTimers();
  });

  it("also while the token is asked for, where the caller gives it up", async () => {
    const { taskroom } = client({ token: () => new Promise<string>(() => undefined) });
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const asked = [
      taskroom.request("GET", "/usage", { signal }),
      taskroom.files.fetch("file_1", { signal }),
    ];
    giveUp.abort(new Error("no longer wanted"));
    for (const one of asked) await expect(one).rejects.toThrow("no longer wanted");
  });

  it("unless the caller gave it up: then with the caller's reason", async () => {
    const { taskroom } = client();
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(taskroom.request("GET", "/usage", { signal })).rejects.toThrow("no longer wanted");
    await expect(taskroom.search("words", { signal })).rejects.toThrow("no longer wanted");
  });
});
