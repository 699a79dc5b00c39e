import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { endedTurn } from "../../support/agent-task";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import {
  answer,
  errorInside,
  finish,
  gate,
  hang,
  round,
  status,
  text,
  thinking,
  wait,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import {
  agentOf,
  ask,
  listening,
  messagesOf,
  type Person,
  person,
  played,
  say,
  shown,
  taskOf,
  turnsOf,
} from "./people";

const server = new Server(inject("shared").production);
const WORDS = ["Grüße", ", ", "it rains 🌧", " in Zürich."];
const ALL = WORDS.join("");
const OUTSIDE = "It rains";

let models: ModelServer;
let tools: McpServer;
let ada: Person;
let careful: Person;

beforeAll(async () => {
  models = await startModelServer();
  tools = await startMcpServer([{ name: "weather", call: () => ({ text: OUTSIDE }) }]);
  const outside = { url: tools.url };
  ada = await person(server, "ada-with-agents", models);
  const servers = { outside: { ...outside, approval: "always" } };
  careful = await person(server, "carla-the-careful", models, servers);
});

afterAll(async () => {
  await models.close();
  await tools.close();
});

describe("a run of the real client", () => {
  it("[AG1] shows the words of the turn, and the room has the same", async () => {
    models.script(answer(...WORDS), answer("Again."));
    const agent = agentOf(ada);
    say(agent, "Weather?");
    const { types, end } = await played(agent);
    expect(types[0]).toBe("RUN_STARTED");
    expect(end).toMatchObject({ type: "RUN_FINISHED", outcome: { type: "success" } });
    expect(end).toMatchObject({ usage: [{ inputTokens: 10, outputTokens: 4 }] });
    say(agent, "And now?");
    await played(agent);
    const all = [
      ["user", "Weather?"],
      ["assistant", ALL],
      ["user", "And now?"],
      ["assistant", "Again."],
    ];
    expect(shown(agent.messages)).toEqual(all);
    const kept = await messagesOf(ada, await taskOf(ada, agent.threadId));
    expect(kept.map(({ role, content }) => [role, content])).toEqual(all);
  });

  it("shows what the model thinks", async () => {
    models.script([thinking("Let me "), thinking("see."), text(ALL), finish()]);
    const agent = agentOf(ada);
    say(agent, "Think");
    await played(agent);
    expect(shown(agent.messages)).toEqual([
      ["user", "Think"],
      ["reasoning", "Let me see."],
      ["assistant", ALL],
    ]);
  });

  it("shows the tools that the team uses, with what they gave", async () => {
    const dora = await person(server, "dora-with-tools", models, { outside: { url: tools.url } });
    models.script(round("I look.", "weather", { place: "Zürich" }), answer(ALL));
    const agent = agentOf(dora);
    say(agent, "Look");
    const { types } = await played(agent);
    expect(types).toContain("STEP_STARTED");
    const [, asks, gave, says] = agent.messages;
    expect(asks).toMatchObject({
      role: "assistant",
      content: "I look.",
      toolCalls: [{ function: { name: "weather", arguments: '{"place":"Zürich"}' } }],
    });
    expect(gave).toMatchObject({ role: "tool", content: OUTSIDE });
    expect(says).toMatchObject({ role: "assistant", content: ALL });
  });

  it("[AG2] takes back the words of an attempt that failed", async () => {
    models.script([thinking("Hm."), text("Other words"), errorInside({})], answer(...WORDS));
    const agent = agentOf(ada);
    say(agent, "Try twice");
    const { types } = await played(agent);
    const order = types.filter((type) =>
      /^(TEXT_MESSAGE_(START|END)|MESSAGES_SNAPSHOT)$/.test(type),
    );
    expect(order.slice(0, 4)).toEqual([
      "TEXT_MESSAGE_START",
      "TEXT_MESSAGE_END",
      "MESSAGES_SNAPSHOT",
      "TEXT_MESSAGE_START",
    ]);
    expect(shown(agent.messages).filter(([, words]) => words !== "")).toEqual([
      ["user", "Try twice"],
      ["assistant", ALL],
    ]);
  });

  it("[AG6] that fails for good says why, in words that are safe", async () => {
    models.script(status(400, {}, { error: { message: "secret words" } }));
    const agent = agentOf(ada);
    say(agent, "Fail");
    const { end } = await played(agent);
    expect(end).toMatchObject({ type: "RUN_ERROR", code: "model_rejected" });
    expect(JSON.stringify(end)).not.toContain("secret words");
  });

  it("[AG4] that is stopped ends as cancelled, and keeps the words", async () => {
    models.script([text("Half of "), hang]);
    const agent = agentOf(ada);
    say(agent, "Stop");
    const { told, subscriber } = listening();
    const running = agent.runAgent({}, subscriber);
    await until("it speaks", () => shown(agent.messages).at(-1)?.[1] === "Half of ");
    const taskId = await taskOf(ada, agent.threadId);
    await ask(ada.user, "POST", `/tasks/${taskId}/interrupt`, {});
    await running;
    expect(told.end).toMatchObject({ type: "RUN_FINISHED", outcome: { type: "cancelled" } });
    expect(shown(agent.messages).at(-1)?.[1]).toContain("Half of");
  });

  it("[AG1] [AG4] that its reader leaves is not stopped, and is joined again by its id", async () => {
    const seen = gate();
    models.script([text("Half"), wait(seen), text(" and half"), finish()]);
    const agent = agentOf(ada);
    const runId = crypto.randomUUID();
    say(agent, "Leave");
    const running = agent.runAgent({ runId });
    await until("it speaks", () => shown(agent.messages).at(-1)?.[1] === "Half");
    agent.abortRun();
    await running;
    const { told, subscriber } = listening();
    agent.messages = agent.messages.slice(0, 1);
    const again = agent.runAgent({ runId }, subscriber);
    await until("it shows the beginning", () => shown(agent.messages).at(-1)?.[1] === "Half");
    seen.open();
    await again;
    expect(told.end).toMatchObject({ outcome: { type: "success" } });
    expect(shown(agent.messages)).toEqual([
      ["user", "Leave"],
      ["assistant", "Half and half"],
    ]);
    await played(agent, { runId }).catch(() => undefined);
    expect(await turnsOf(ada, await taskOf(ada, agent.threadId))).toHaveLength(1);
  });

  it("[AG1] that ends with a message of before has that answered once more, and no other is made", async () => {
    models.script(status(400), answer("One."), answer("Other."), answer("Zwei."));
    const agent = agentOf(ada);
    say(agent, "Count");
    const failed = await played(agent);
    expect(failed.end.type).toBe("RUN_ERROR");
    await played(agent);
    expect(shown(agent.messages)).toEqual([
      ["user", "Count"],
      ["assistant", "One."],
    ]);
    const taskId = await taskOf(ada, agent.threadId);
    const kept = async () => shown(await messagesOf(ada, taskId));
    expect(await kept()).toEqual(shown(agent.messages));
    const [first] = agent.messages;
    const runId = crypto.randomUUID();
    for (const _ of ["once", "and the same run again"]) {
      agent.setMessages(first ? [first] : []);
      await played(agent, { runId });
      expect(shown(agent.messages).at(-1)).toEqual(["assistant", "Other."]);
    }
    expect(await kept()).toEqual(shown(agent.messages));
    agent.setMessages([{ id: first?.id ?? "", role: "user", content: "Zähle" }]);
    await played(agent);
    expect(await kept()).toEqual([
      ["user", "Zähle"],
      ["assistant", "Zwei."],
    ]);
  });

  it("in a new thread gives the team what was said before", async () => {
    models.script(answer("Two."));
    const before = models.requests.length;
    const initialMessages = [
      { id: "s", role: "system", content: "Be short." },
      { id: "u", role: "user", content: "One?" },
      { id: "a", role: "assistant", content: "One." },
    ];
    const agent = agentOf(ada, { initialMessages });
    say(agent, "Two?");
    await played(agent);
    const sent = models.requests[before]?.body.messages ?? [];
    expect(sent.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(sent[0]?.content).toContain("Be short.");
  });

  it("[AG5] may be in a task that was made elsewhere", async () => {
    const threadId = await ada.user.newTask({ teamRef: ada.team });
    models.script(answer(ALL));
    const agent = agentOf(ada, { threadId });
    say(agent, "Here");
    await played(agent);
    expect(await messagesOf(ada, threadId)).toHaveLength(2);
  });

  it("[AG7] may end with a message that was said elsewhere, which is answered once more", async () => {
    models.script(answer("One."), answer("Other."));
    const threadId = await ada.user.newTask({ teamRef: ada.team });
    await ask(ada.user, "POST", `/tasks/${threadId}/execute`, { input: "Count" });
    const elsewhere = async () =>
      (await turnsOf(ada, threadId)).every(({ status }) => status === "COMPLETED");
    await until("it is answered", elsewhere);
    const [said] = await messagesOf(ada, threadId);
    const agent = agentOf(ada, { threadId });
    agent.setMessages([{ id: String(said?.id), role: "user", content: "Count" }]);
    await played(agent);
    expect(shown(await messagesOf(ada, threadId))).toEqual([
      ["user", "Count"],
      ["assistant", "Other."],
    ]);
  });

  it("says what of it nobody reads", async () => {
    models.script(answer(ALL));
    const agent = agentOf(ada);
    say(agent, "With context");
    const { types } = await played(agent, { context: [{ description: "page", value: "1" }] });
    expect(types.slice(0, 2)).toEqual(["RUN_STARTED", "CUSTOM"]);
  });
});

describe("[AG3] a run that waits", () => {
  it.each([
    [true, OUTSIDE, 1],
    [false, "rather not", 0],
  ])("for a word to a call goes on with it: %s", async (approved, result, calls) => {
    models.script(round("I would look.", "weather", {}), answer(ALL));
    const called = tools.requests.filter(({ method }) => method === "tools/call").length;
    const agent = agentOf(careful);
    say(agent, "May you?");
    const { end } = await played(agent);
    expect(end).toMatchObject({ outcome: { type: "interrupt" } });
    const [asked] = agent.pendingInterrupts;
    const [call] = callsIn(agent.messages);
    expect(asked).toMatchObject({ reason: "approval", toolCallId: call });
    const payload = { approved, note: "rather not" };
    const resume = [{ interruptId: asked?.id ?? "", status: "resolved" as const, payload }];
    const after = await played(agent, { resume });
    expect(after.end).toMatchObject({ outcome: { type: "success" } });
    expect(agent.pendingInterrupts).toEqual([]);
    const now = tools.requests.filter(({ method }) => method === "tools/call").length;
    expect(now - called).toBe(calls);
    expect(shown(agent.messages).map(([role]) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
    ]);
    expect(shown(agent.messages)[2]?.[1]).toContain(result);
    expect(shown(agent.messages)[3]?.[1]).toBe(ALL);
  });

  it("for a step to be confirmed is over where that is denied", async () => {
    const member = { role: "assistant", botRef: ada.team, requireConfirmation: true };
    const metadata = { name: "asks-first" };
    const spec = { collaboration: "pipeline", members: [member] };
    await ask(ada.user, "POST", "/teams", { metadata, spec });
    const agent = agentOf({ ...ada, team: `${ada.user.name}/asks-first` });
    say(agent, "Go");
    await played(agent);
    const [asked] = agent.pendingInterrupts;
    expect(asked).toMatchObject({ reason: "confirmation" });
    const resume = [{ interruptId: asked?.id ?? "", status: "cancelled" as const }];
    const { end } = await played(agent, { resume });
    expect(end).toMatchObject({ outcome: { type: "cancelled" } });
  });

  it("is answered together with a new message, which the run is then about", async () => {
    const agent = agentOf({ ...ada, team: `${ada.user.name}/asks-first` });
    say(agent, "Go");
    await played(agent);
    const [asked] = agent.pendingInterrupts;
    say(agent, "Rather this");
    const resume = [{ interruptId: asked?.id ?? "", status: "cancelled" as const }];
    const { end } = await played(agent, { resume });
    expect(end).toMatchObject({ outcome: { type: "interrupt" } });
    expect(agent.pendingInterrupts).not.toEqual([asked]);
    const turns = await turnsOf(ada, await taskOf(ada, agent.threadId));
    expect(turns.map(({ status }) => status).toSorted()).toEqual(["INTERRUPTED", "WAITING"]);
  });

  it("for a tool of the client ends with the call, and goes on with its result", async () => {
    models.script(round("I pick.", "pick_color", { of: "sky" }), answer("Blue it is."));
    const agent = agentOf(ada);
    const parameters = { type: "object", properties: { of: { type: "string" } } };
    const frontend = [{ name: "pick_color", description: "Picks", parameters }];
    say(agent, "Pick");
    const { end } = await played(agent, { tools: frontend });
    const [call] = callsIn(agent.messages);
    expect(end).toMatchObject({ outcome: { type: "success", pendingToolCallIds: [call] } });
    const result = { id: crypto.randomUUID(), role: "tool" as const, toolCallId: call ?? "" };
    agent.addMessage({ ...result, content: "blue" });
    const after = await played(agent, { tools: frontend });
    expect(after.end).toMatchObject({ outcome: { type: "success" } });
    expect(shown(agent.messages)).toEqual([
      ["user", "Pick"],
      ["assistant", "I pick."],
      ["tool", "blue"],
      ["assistant", "Blue it is."],
    ]);
    const taskId = await taskOf(ada, agent.threadId);
    const [turn] = await turnsOf(ada, taskId);
    await endedTurn(ada.user, taskId, turn?.id ?? "");
    expect(await turnsOf(ada, taskId)).toHaveLength(1);
  });
});

function callsIn(messages: readonly { role: string }[]): string[] {
  const calls = z.looseObject({ toolCalls: z.array(z.looseObject({ id: z.string() })) });
  return messages.flatMap((one) => calls.safeParse(one).data?.toolCalls.map(({ id }) => id) ?? []);
}
