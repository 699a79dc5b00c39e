import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { answer, gate, hang, type Script, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { modelTeam } from "../../support/model-team";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import { CLIENTS, connected, connectedAs, type Tools } from "./mcp-clients";

const server = new Server(inject("shared").production);
const NAMES = [
  ...["confirm", "get_task", "list_tasks", "run_team", "search_tasks"],
  ...["send_message", "start_task", "stop_task"],
];

const page = z.object({ items: z.array(z.unknown()) });

let models: ModelServer;
beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());

/** What the model says from now on: what a turn that was stopped has left of the last scripts goes. */
function plays(...scripts: Script[]): void {
  const rest = [...scripts];
  models.respond(() => rest.shift() ?? answer("Nothing is left to say."));
}

describe.each(CLIENTS)("with %s", (which) => {
  const name = `ada-${CLIENTS.indexOf(which)}`;
  let ada: WireUser;
  let tools: Tools;
  let team: string;

  beforeAll(async () => {
    ada = await WireUser.of(server, name);
    team = await modelTeam(ada, models);
    tools = await connectedAs(which, server, name);
  });
  afterAll(() => tools.close());

  it("every tool is listed, with what it gives and what may be thought of it", async () => {
    const listed = await tools.list();
    expect(listed.map((tool) => tool.name).sort()).toEqual(NAMES);
    for (const tool of listed)
      expect(tool.outputSchema, tool.name).toMatchObject({ type: "object" });
    const reading = listed.filter(
      ({ annotations }) => annotations && "readOnlyHint" in annotations,
    );
    const readOnly = reading.filter(
      (tool) => z.object({ readOnlyHint: z.literal(true) }).safeParse(tool.annotations).success,
    );
    expect(readOnly.map((tool) => tool.name).sort()).toEqual([
      "get_task",
      "list_tasks",
      "search_tasks",
    ]);
  });

  it("a team is run, and its task goes on", async () => {
    plays(answer("It ", "rains."), answer("It ", "snows."));
    const first = await tools.call("run_team", { team, input: "Weather?" });
    expect(first).toMatchObject({
      text: "It rains.",
      data: { status: "COMPLETED", answer: "It rains." },
      isError: false,
    });
    const { task } = first.data;
    const second = await tools.call("run_team", { input: "And now?", task });
    expect(second).toMatchObject({ text: "It snows.", data: { task, status: "COMPLETED" } });
    expect(second.data.turn).not.toBe(first.data.turn);
  });

  it("[F9] what a team has made beside its words is told, with where it is", async () => {
    const input = "/fast /picture";
    const { text: said, data } = await tools.call("run_team", { team: "system/assistant", input });
    const url = expect.stringContaining(`${server.url}/api/v1/files/file_`);
    expect(data.files).toMatchObject([{ mediaType: "image/png", url }]);
    expect(said).toMatch(/\]\(http[^)]*\/api\/v1\/files\/file_[a-z0-9]*\)$/);
  });

  it("[MC3] progress arrives while a team works, the task's id first", async () => {
    const door = gate();
    plays([text("Slowly "), wait(door), ...answer("done.")]);
    const told: string[] = [];
    const running = tools.call(
      "run_team",
      { team, input: "go" },
      {
        onProgress: (message) => {
          told.push(message);
          if (message.includes("writes")) door.open();
        },
      },
    );
    const { text: said, data } = await running;
    expect(said).toBe("Slowly done.");
    expect(told[0]).toContain(data.task);
    expect(told.some((message) => message.includes("writes"))).toBe(true);
  });

  it("a task is started, looked at, written to, found and stopped", async () => {
    const door = gate();
    plays([text("Half"), wait(door), hang], answer("never"));
    const input = "Begin";
    const title = `A ${name} thing`;
    const started = await tools.call("start_task", { team, input, title });
    const { task, turn } = started.data;
    expect(started.isError).toBe(false);
    await door.reached;
    const look = async () => {
      const { data } = await tools.call("get_task", { task });
      const { last } = z.object({ last: z.looseObject({ answer: z.string() }) }).parse(data);
      return last.answer === "Half" ? data : undefined;
    };
    expect(await until("the text is there", look)).toMatchObject({
      ...{ task, title, team, status: "RUNNING" },
      last: { task, turn, status: "PROCESSING", answer: "Half" },
    });
    const sent = await tools.call("send_message", { task, input: "And more" });
    expect(sent.data).toMatchObject({ task, status: "PENDING" });
    const own = expect.objectContaining({ task, title });
    const listed = await tools.call("list_tasks", { limit: 50 });
    expect(listed.data).toMatchObject({ tasks: expect.arrayContaining([own]) });
    const found = await tools.call("search_tasks", { query: title });
    expect(found.data).toMatchObject({ tasks: [{ task }], nextCursor: null });
    const stopped = await tools.call("stop_task", { task, reason: "Enough" });
    expect(stopped.data).toEqual({ task, stopped: 2 });
    door.open();
    const after = await tools.call("get_task", { task });
    expect(after.data).toMatchObject({ status: "COMPLETED", last: { status: "INTERRUPTED" } });
    expect((await tools.call("stop_task", { task })).data).toEqual({ task, stopped: 0 });
  });

  it("[MC2] the same call again makes no second turn", async () => {
    plays(answer("Once."), answer("More."));
    const args = { team, input: "Only once" };
    const meta = { "taskroom/idempotencyKey": `once-${name}` };
    const first = await tools.call("run_team", args, { meta });
    expect(await tools.call("run_team", args, { meta })).toEqual(first);
    const { task } = first.data;
    const more = { task, input: "Once more" };
    const key = { meta: { "taskroom/idempotencyKey": `more-${name}` } };
    const sent = await tools.call("run_team", more, key);
    expect(await tools.call("run_team", more, key)).toEqual(sent);
    expect(sent.data.turn).not.toBe(first.data.turn);
    const turns = await ada.call("GET", `/tasks/${task}/turns`);
    expect(page.parse(await turns.json()).items).toHaveLength(2);
  });

  it.each([
    ["no task", "get_task", { task: "task_00000000000000000000000000" }, "not_found"],
    ["what is no task's id", "stop_task", { task: "nonsense" }, "not_found"],
    ["nobody's task", "run_team", { task: "nonsense", input: "x" }, "not_found"],
    ["no team", "run_team", { team: "nobody/nothing", input: "x" }, "invalid_request"],
  ])("%s is a tool's error that a model can read", async (_what, tool, args, code) => {
    const refused = await tools.call(tool, args);
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain(code);
  });

  it.each([
    ["a field that is missing", "run_team", {}],
    ["nothing but blanks", "run_team", { input: "  " }],
    ["a field too many", "get_task", { task: "x", more: 1 }],
    ["a limit past all bounds", "list_tasks", { limit: 100_000 }],
    ["a team that is none", "run_team", { team: "none", input: "x" }],
  ])("arguments with %s are refused", async (_what, tool, args) => {
    const refused = await tools.call(tool, args).catch((error: unknown) => error);
    if (refused instanceof Error) expect(refused).toMatchObject({ code: -32602 });
    else expect(refused).toMatchObject({ isError: true });
  });

  it("a tool that is none is no tool", async () => {
    const refused = await tools.call("no_tool", {}).catch((error: unknown) => error);
    if (refused instanceof Error) expect(refused).toMatchObject({ code: -32602 });
    else expect(refused).toMatchObject({ isError: true });
  });

  it("[MC1] another's task is not found, and a failure is told", async () => {
    const bobs = await (await WireUser.of(server, "bob-elsewhere")).newTask();
    expect((await tools.call("get_task", { task: bobs })).text).toContain("not_found");
    plays([{ do: "status", status: 400 }]);
    const failed = await tools.call("run_team", { team, input: "fail" });
    expect(failed.data).toMatchObject({ status: "FAILED", error: { code: "model_rejected" } });
    expect(failed.text).toContain("model_rejected");
  });

  it("[MC1] who may read may look, and no more", async () => {
    const token = await server.token(name, { scope: "read" });
    const reader = await connected(which, { url: server.url, token });
    expect((await reader.call("list_tasks", {})).isError).toBe(false);
    const refused = await reader.call("run_team", { team, input: "x" });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("forbidden") });
    await reader.close();
  });
});
