import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import { answer, round, type Script } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { toolTeam } from "../../support/tool-team";
import { WireUser } from "../../support/wire-client";
import { type Answers, CLIENTS, type ClientName, connectedAs } from "./mcp-clients";

const server = new Server(inject("shared").production);

let models: ModelServer;
let shop: McpServer;
const sold: unknown[] = [];

beforeAll(async () => {
  models = await startModelServer();
  shop = await startMcpServer([
    {
      name: "sell",
      call: (args) => {
        sold.push(args);
        return { text: "sold" };
      },
    },
  ]);
});
afterAll(async () => {
  await models.close();
  await shop.close();
});

/** What the model says from now on. */
function plays(...scripts: Script[]): void {
  const rest = [...scripts];
  models.respond(() => rest.shift() ?? answer("Nothing is left to say."));
}

const waiting = z.object({
  for: z.string(),
  asks: z.array(z.object({ question: z.string(), call: z.string().optional() })),
});

/** A team whose one tool needs a person's word for each call. */
async function careful(user: WireUser): Promise<string> {
  return toolTeam(user, models, { shop: { url: shop.url, approval: "always" } });
}

/** A team that waits for a person before it begins. */
async function hesitant(user: WireUser): Promise<string> {
  const spec = {
    collaboration: "pipeline",
    members: [{ role: "write", botRef: "system/assistant", requireConfirmation: true }],
  };
  const metadata = { name: "hesitant" };
  await user.call("POST", "/teams", { metadata, spec });
  return `${user.name}/hesitant`;
}

async function person(which: ClientName, what: string, answers?: Answers) {
  const name = `${what}-${CLIENTS.indexOf(which)}`;
  const user = await WireUser.of(server, name);
  return { user, tools: await connectedAs(which, server, name, answers) };
}

describe.each(CLIENTS)("a client that can ask nobody, %s", (which) => {
  it("[MC4] is told what is waited for, and answers with `confirm`", async () => {
    const { user, tools } = await person(which, "shy");
    const team = await careful(user);
    plays(round("I sell.", "sell", { n: 1 }, { n: 2 }), answer("Sold one."));
    const before = sold.length;
    const { data, text } = await tools.call("run_team", { team, input: "sell two" });
    expect(data).toMatchObject({ status: "WAITING", waiting: { for: "approval" } });
    const { asks } = waiting.parse(data.waiting);
    expect(asks).toHaveLength(2);
    const { task } = data;
    expect(text).toContain(String(task));
    const unnamed = await tools.call("confirm", { task, approve: true });
    expect(unnamed).toMatchObject({ isError: true, text: expect.stringContaining("call") });
    const [first, second] = asks.map(({ call }) => call);
    const one = await tools.call("confirm", { task, approve: true, call: first });
    expect(one.data).toMatchObject({ status: "WAITING", waiting: { asks: [{ call: second }] } });
    const two = await tools.call("confirm", { task, approve: false, note: "No", call: second });
    expect(two).toMatchObject({
      text: expect.stringContaining("Sold one."),
      data: { status: "COMPLETED" },
    });
    expect(sold.slice(before)).toEqual([{ n: 1 }]);
    const nothing = await tools.call("confirm", { task, approve: true });
    expect(nothing).toMatchObject({ isError: true, text: expect.stringContaining("conflict") });
    await tools.close();
  });

  it("stops a team that waits for a person", async () => {
    const { user, tools } = await person(which, "stopping");
    const team = await hesitant(user);
    const { data } = await tools.call("run_team", { team, input: "begin" });
    expect(data).toMatchObject({ status: "WAITING", waiting: { for: "confirmation" } });
    const { task } = data;
    const listed = async () => (await tools.call("list_tasks", { waiting: true })).data.tasks;
    await expect.poll(listed).toMatchObject([{ task, waiting: "confirmation" }]);
    expect((await tools.call("stop_task", { task })).data).toEqual({ task, stopped: 1 });
    const after = await tools.call("get_task", { task });
    expect(after.data).toMatchObject({ last: { status: "INTERRUPTED" } });
    await tools.close();
  });
});

describe("a client that has a person at hand", () => {
  const which = "client 2, newer" as const;

  it("[MC4] is asked of each call, and the team goes on with the answers", async () => {
    const questions: string[] = [];
    const { user, tools } = await person(which, "asked", (question) => {
      questions.push(question);
      return question.includes('"n": 1')
        ? { action: "accept", content: { approve: true } }
        : { action: "decline" };
    });
    const team = await careful(user);
    plays(round("I sell.", "sell", { n: 1 }, { n: 2 }), answer("Sold one."));
    const before = sold.length;
    const sell = await tools.call("run_team", { team, input: "sell two" });
    expect(sell).toMatchObject({
      text: expect.stringContaining("Sold one."),
      data: { status: "COMPLETED" },
    });
    expect(questions).toHaveLength(2);
    expect(sold.slice(before)).toEqual([{ n: 1 }]);
    const { items } = z
      .object({ items: z.array(z.unknown()) })
      .parse(await (await user.call("GET", `/tasks/${String(sell.data.task)}/turns`)).json());
    expect(items).toHaveLength(1);
    await tools.close();
  });

  it.each([
    ["a yes", { action: "accept", content: { approve: true } }, "COMPLETED"],
    ["a no", { action: "accept", content: { approve: false } }, "INTERRUPTED"],
    ["a refusal", { action: "decline" }, "INTERRUPTED"],
    ["a question that is put aside", { action: "cancel" }, "WAITING"],
  ] as const)("ends a step that waits, by %s", async (_what, said, status) => {
    const { user, tools } = await person(
      which,
      `word-${status.toLowerCase()}-${said.action}`,
      () => said,
    );
    const team = await hesitant(user);
    const { data } = await tools.call("run_team", { team, input: "begin" });
    expect(data).toMatchObject({ status });
    await tools.close();
  });

  it("[MC4] that sends what it was not asked is refused, and learns nothing", async () => {
    const { tools } = await person(which, "forging");
    const other = await WireUser.of(server, "somebody-else");
    const task = await other.newTask({ prompt: "mine" });
    const [turn] = z
      .object({ items: z.array(z.object({ id: z.string() })) })
      .parse(await (await other.call("GET", `/tasks/${task}/turns`)).json()).items;
    const token = await server.token("forging-2");
    const states = [
      "nonsense",
      JSON.stringify({ task, turn: turn?.id, asks: { "ask-1": { step: "assistant" } } }),
    ];
    const said: unknown[] = [];
    for (const requestState of states) {
      const answered = await fetch(`${server.url}/mcp`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2026-07-28",
          "mcp-method": "tools/call",
          "mcp-name": "run_team",
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: {
            name: "run_team",
            arguments: { input: "x" },
            requestState,
            inputResponses: { "ask-1": { action: "accept", content: { approve: true } } },
            _meta: {
              "io.modelcontextprotocol/protocolVersion": "2026-07-28",
              "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
              "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
            },
          },
        }),
      });
      said.push(await answered.json());
    }
    expect(said).toMatchObject([
      { error: { code: -32602 } },
      { result: { isError: true, content: [{ text: expect.stringContaining("not_found") }] } },
    ]);
    await tools.close();
  });
});
