import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { DEPTH_HEADER, TASKS_HEADER } from "../../../src/protocol/depth";
import { answer, round } from "../../support/model-script";
import { type ModelRequest, type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { toolTeam } from "../../support/tool-team";
import { WireUser } from "../../support/wire-client";
import { connected, connectedAs } from "./mcp-clients";

const server = new Server(inject("shared").production);
let models: ModelServer;
beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());

/** A team that has this very server for its tool server, under its user's own name. */
async function roundTeam(name: string): Promise<string> {
  const user = await WireUser.of(server, name);
  const headers = { Authorization: `Bearer ${await server.token(name)}` };
  return toolTeam(user, models, { taskroom: { url: `${server.url}/mcp`, headers } });
}

const said = z.array(z.looseObject({ role: z.string(), content: z.unknown() }));

/** What the last message of a request is: a tool's answer, or a question. */
function last({ body }: ModelRequest): { role: string; text: string } {
  const { role = "", content } = said.parse(body.messages).at(-1) ?? {};
  return { role, text: JSON.stringify(content) };
}

describe("[Y] a Taskroom as another Taskroom's tool server", () => {
  it("runs a team of its own for the other's, and gives its answer", async () => {
    const team = await roundTeam("once-round");
    models.respond((request) => {
      const { role, text } = last(request);
      if (role === "tool") return answer("They say: ", text);
      if (text.includes("inner")) return answer("From inside.");
      return round("I ask.", "run_team", { team, input: "inner" });
    });
    const tools = await connectedAs("client 2, newer", server, "once-round");
    const { data, text } = await tools.call("run_team", { team, input: "outer" });
    expect(data).toMatchObject({ status: "COMPLETED" });
    expect(text).toContain("From inside.");
    const listed = await tools.call("list_tasks", {});
    expect(listed.data).toMatchObject({ tasks: [{}, {}] });
    await tools.close();
  });

  it("[CR2] is asked three levels deep and no deeper", async () => {
    const team = await roundTeam("for-ever-round");
    models.respond((request) => {
      const { role, text } = last(request);
      if (role === "tool")
        return answer(text.includes("forbidden") ? "Too deep." : "It came back.");
      return round("I ask on.", "run_team", { team, input: "deeper" });
    });
    const tools = await connectedAs("client 2, older", server, "for-ever-round");
    const { data } = await tools.call("run_team", { team, input: "deep" });
    expect(data).toMatchObject({ status: "COMPLETED" });
    expect(data.answer).toContain("It came back.");
    const { tasks } = z
      .object({ tasks: z.array(z.object({ task: z.string() })) })
      .parse((await tools.call("list_tasks", {})).data);
    // A person's, and three that were called.
    expect(tasks).toHaveLength(4);
    const texts = await Promise.all(
      tasks.map(async ({ task }) => (await tools.call("get_task", { task })).text),
    );
    expect(texts.filter((text) => text.includes("Too deep."))).toHaveLength(1);
    await tools.close();
  });

  it("[CR3] is not asked by a turn to go on with its own task", async () => {
    const team = await roundTeam("back-round");
    const own = await WireUser.of(server, "back-round");
    const task = await own.newTask({ teamRef: team });
    const answers: string[] = [];
    models.respond((request) => {
      const { role, text } = last(request);
      if (role !== "tool") return round("I ask myself.", "run_team", { input: "again", task });
      answers.push(text);
      return answer("Refused.");
    });
    const tools = await connectedAs("sdk 1", server, "back-round");
    const { data } = await tools.call("run_team", { input: "begin", task });
    expect(data).toMatchObject({ status: "COMPLETED" });
    expect(data.answer).toContain("Refused.");
    expect(answers).toEqual([expect.stringContaining("conflict")]);
    await tools.close();
  });

  it.each([
    ["its headers", { [DEPTH_HEADER]: "4" }, {}],
    ["its _meta", {}, { "taskroom/depth": 4 }],
  ])("[CR2] a call that is too deep by %s is refused", async (where, headers, meta) => {
    const token = await server.token("too-deep");
    if (where === "its headers") {
      const refused = await fetch(`${server.url}/api/v1/tasks`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, ...headers },
        body: "{}",
      });
      expect([refused.status, await refused.json()]).toMatchObject([403, { code: "forbidden" }]);
      return;
    }
    const tools = await connected("client 2, newer", { url: server.url, token });
    const refused = await tools.call("start_task", { input: "x" }, { meta });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("forbidden") });
    await tools.close();
  });

  it("[CR3] whatever a turn's agents would do to their own task is refused, but for looking", async () => {
    const own = await WireUser.of(server, "meddling");
    const task = await own.newTask();
    const headers = { [DEPTH_HEADER]: "1", [TASKS_HEADER]: task };
    const path = `/tasks/${task}`;
    const asked = [
      await own.call("GET", path, undefined, headers),
      await own.call("POST", `${path}/execute`, { input: "x" }, headers),
      await own.call("POST", `${path}/interrupt`, {}, headers),
      await own.call("PATCH", path, { title: "x" }, headers),
    ];
    expect(asked.map(({ status }) => status)).toEqual([200, 409, 409, 409]);
  });
});
