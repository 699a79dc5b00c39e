import { CopilotKitCore } from "@copilotkit/core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { endedTurn, execute } from "../../support/agent-task";
import {
  answer,
  finish,
  gate,
  hang,
  round,
  text,
  thinking,
  wait,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { listening, type Person, person, shown, taskOf, turnsOf } from "./people";

const server = new Server(inject("shared").production);

let models: ModelServer;
let ben: Person;

beforeAll(async () => {
  // Where there is no window, it takes itself for a server's own rendering and asks nobody.
  vi.stubGlobal("window", { location: { origin: server.url } });
  models = await startModelServer();
  ben = await person(server, "ben-with-copilots", models);
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await models.close();
});

type Agent = NonNullable<ReturnType<CopilotKitCore["getAgent"]>>;

/** CopilotKit's client, unmodified, with its agent for the person's team. */
async function copilot(threadId: string, options: object = {}) {
  const core = new CopilotKitCore({
    runtimeUrl: `${ben.url}/copilotkit`,
    headers: { Authorization: `Bearer ${ben.token}` },
    ...options,
  });
  const agent = await until("the team is an agent", () => core.getAgent(ben.team));
  agent.threadId = threadId;
  return { core, agent };
}

function asks(agent: Agent, content: string): void {
  agent.addMessage({ id: crypto.randomUUID(), role: "user", content });
}

function says(agent: Agent, words: string): Promise<unknown> {
  return until(`it shows "${words}"`, () => shown(agent.messages).some(([, one]) => one === words));
}

describe("CopilotKit's client", () => {
  it("runs a team, and finds the thread as it was when it comes again", async () => {
    models.script([thinking("Hm."), text("Hello Ben."), finish()]);
    const threadId = crypto.randomUUID();
    const first = await copilot(threadId);
    await first.core.connectAgent({ agent: first.agent });
    expect(first.agent.messages).toEqual([]);
    asks(first.agent, "Hello");
    await first.core.runAgent({ agent: first.agent });
    const all = [
      ["user", "Hello"],
      ["reasoning", "Hm."],
      ["assistant", "Hello Ben."],
    ];
    expect(shown(first.agent.messages)).toEqual(all);
    const again = await copilot(threadId);
    const { told, subscriber } = listening();
    again.agent.subscribe(subscriber);
    await again.core.connectAgent({ agent: again.agent });
    expect(told.types).toEqual(["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]);
    expect(again.agent.messages).toEqual(first.agent.messages);
    await first.core.connectAgent({ agent: first.agent });
    expect(again.agent.messages).toEqual(first.agent.messages);
  });

  it("[AG5] sees a run that REST started, from its beginning to its end", async () => {
    const seen = gate();
    models.script([text("Half"), wait(seen), text(" and half"), finish()]);
    const taskId = await ben.user.newTask({ teamRef: ben.team });
    const turnId = await execute(ben.user, taskId, "From elsewhere");
    await seen.reached;
    const { core, agent } = await copilot(taskId);
    const { told, subscriber } = listening();
    agent.subscribe(subscriber);
    const connected = core.connectAgent({ agent });
    await says(agent, "Half");
    seen.open();
    await connected;
    expect(told.end).toMatchObject({ type: "RUN_FINISHED", runId: turnId });
    expect(shown(agent.messages)).toEqual([
      ["user", "From elsewhere"],
      ["assistant", "Half and half"],
    ]);
    await endedTurn(ben.user, taskId, turnId);
  });

  it("[AG4] stops what it began", async () => {
    models.script([text("Half"), hang]);
    const { core, agent } = await copilot(crypto.randomUUID());
    const { told, subscriber } = listening();
    agent.subscribe(subscriber);
    asks(agent, "Stop");
    const running = core.runAgent({ agent });
    await says(agent, "Half");
    core.stopAgent({ agent });
    await running;
    // It is of before 1.0, and knows no outcome of a stop.
    expect(told.end.type).toBe("RUN_FINISHED");
    const [turn] = await turnsOf(ben, await taskOf(ben, agent.threadId));
    expect(turn?.status).toBe("INTERRUPTED");
  });

  it("[AG3] carries out its own tools, and the turn goes on by itself", async () => {
    models.script(round("I pick.", "pick_color", { of: "sky" }), answer("Blue it is."));
    const { core, agent } = await copilot(crypto.randomUUID());
    const given: unknown[] = [];
    core.addTool({
      name: "pick_color",
      description: "Picks",
      handler: async (input) => {
        given.push(input);
        return "blue";
      },
    });
    asks(agent, "Pick");
    await core.runAgent({ agent });
    await says(agent, "Blue it is.");
    expect(given).toEqual([{ of: "sky" }]);
    expect(shown(agent.messages)).toEqual([
      ["user", "Pick"],
      ["assistant", "I pick."],
      ["tool", "blue"],
      ["assistant", "Blue it is."],
    ]);
    expect(await turnsOf(ben, await taskOf(ben, agent.threadId))).toHaveLength(1);
    const before = structuredClone(agent.messages);
    await core.connectAgent({ agent });
    expect(shown(agent.messages)).toEqual(shown(before));
  });

  it.each([
    ["fails", true],
    ["wants no run to follow", false],
  ])("[AG3] whose tool %s has its result go along with what is said next", async (_, fails) => {
    models.script(round("I pick.", "pick_color", {}), answer("So be it."), answer("You say so."));
    const { core, agent } = await copilot(crypto.randomUUID());
    const handler = async () => {
      if (fails) throw new Error("no colors left");
      return "blue";
    };
    core.addTool({ name: "pick_color", description: "Picks", followUp: false, handler });
    asks(agent, "Pick");
    await core.runAgent({ agent });
    const asked = models.requests.length;
    asks(agent, "And?");
    await core.runAgent({ agent });
    await says(agent, "You say so.");
    const told = JSON.stringify(models.requests[asked]?.body);
    expect(told).toContain(fails ? "no colors left" : "blue");
    const turns = await turnsOf(ben, await taskOf(ben, agent.threadId));
    expect(turns.map(({ status }) => status)).toEqual(["COMPLETED", "COMPLETED"]);
  });
});
