import { describe, expect, it } from "vitest";
import { intentOf } from "../../../../src/faces/ai-sdk/request/intent";
import { approvalId } from "../../../../src/faces/ai-sdk/shown/approval-id";
import { BOUNDS, chatRequest } from "../../../../src/operations/ai-sdk/chat-request";
import { issuesOf } from "../../../../src/protocol/issues";
import { RefusedRequest } from "../../../../src/worker/problem";

const TURN = "turn_01m8k2jxja2zps1kq6wtjfpc2q";
const text = (words: string) => ({ type: "text", text: words });
const user = (...parts: object[]) => ({ id: "m1", role: "user", parts });
const assistant = (...parts: object[]) => ({ id: TURN, role: "assistant", parts });

/** What a body comes to: an intent, or the paths and words of what is wrong. */
function read(body: object): unknown {
  const parsed = chatRequest.safeParse({ id: "c", ...body });
  if (!parsed.success) return issuesOf(parsed.error).map(({ path }) => path);
  try {
    return intentOf(parsed.data);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    const { code, issues = [] } = error.refusal;
    return issues.length === 0 ? code : issues.map(({ path }) => path);
  }
}

describe("the last message says what is asked for", () => {
  const call = { round: 1, index: 0, toolCallId: "call_1" };
  const id = approvalId({ turnId: TURN, step: "one", call });
  const tool = { type: "dynamic-tool", toolCallId: "call_1", toolName: "look" };

  it.each<[string, object, unknown]>([
    [
      "a user's text",
      user(text("one"), text("two")),
      { kind: "send", clientMessageId: "m1", content: "one\ntwo" },
    ],
    [
      "a yes to a call",
      assistant({ ...tool, state: "approval-responded", approval: { id, approved: true } }),
      {
        answers: [{ kind: "word", id, about: { turnId: TURN, step: "one", call }, approve: true }],
      },
    ],
    [
      "a no to a step, with a reason",
      assistant({
        ...tool,
        state: "approval-responded",
        approval: { id: approvalId({ turnId: TURN, step: "one" }), approved: false, reason: "why" },
      }),
      { answers: [{ about: { turnId: TURN, step: "one" }, approve: false, note: "why" }] },
    ],
    [
      "what the client made of a call whose id another has, too",
      assistant({ ...tool, toolCallId: "call_1~2.3", state: "output-available", output: 7 }),
      {
        answers: [{ call: { toolCallId: "call_1", round: 2, index: 3 }, given: { output: 7 } }],
      },
    ],
    [
      "a failure of the client's tool",
      assistant({ ...tool, state: "output-error", errorText: "no" }),
      { answers: [{ call: { toolCallId: "call_1" }, given: { error: "no" } }] },
    ],
    ["blanks", user(text(" \u200b")), ["messages.0.parts"]],
    [
      "a file",
      user(text("see"), { type: "file", mediaType: "image/png", filename: "a", url: "data:," }),
      {
        content: "see",
        files: [{ path: "messages.0.parts.1", name: "a", mediaType: "image/png" }],
      },
    ],
    ["a file alone", user({ type: "file", url: "data:," }), { content: "", files: [{}] }],
    ["a file that is nowhere", user({ type: "file" }), ["messages.0.parts.0.url"]],
    ["a data part", user({ type: "data-x", data: 1 }), ["messages.0.parts.0"]],
    ["text that is none", user({ type: "text", text: 1 }), ["messages.0.parts.0.text"]],
    ["nobody's answer", assistant(text("hello")), ["messages.0"]],
    [
      "what the service itself has made",
      assistant({ ...tool, state: "output-available", output: 7, providerExecuted: true }),
      ["messages.0"],
    ],
    [
      "an approval of somebody else's",
      assistant({
        ...tool,
        state: "approval-responded",
        approval: { id: "approval-1", approved: true },
      }),
      ["messages.0.parts.0.approval.id"],
    ],
    ["the system's", { id: "m1", role: "system", parts: [] }, ["messages.0.role"]],
  ])("%s", (_, message, expected) => {
    const got = read({ messages: [message] });
    if (Array.isArray(expected)) expect(got).toEqual(expected);
    else expect(got).toMatchObject(Object(expected));
  });
});

describe("a change of what was said", () => {
  const messages = [user(text("hello"))];
  it.each<[string, object, unknown]>([
    ["of the last answer", { messages }, { kind: "regenerate", id: "m1" }],
    ["of an answer that is named", { messages, messageId: TURN }, { turnId: TURN, id: "m1" }],
    ["of the answer to a message that is named", { messages, messageId: "m1" }, { id: "m1" }],
  ])("a regeneration %s", (_, body, expected) => {
    expect(read({ ...body, trigger: "regenerate-message" })).toMatchObject(Object(expected));
  });

  it("an edit, where the last message is the one that is named", () => {
    const edit = { kind: "edit", id: "m1", content: "hello" };
    expect(read({ messages, messageId: "m1" })).toMatchObject(edit);
    expect(read({ messages, messageId: "m0" })).toMatchObject({ kind: "send" });
  });
});

describe("what is not taken is refused at its field", () => {
  const messages = [user(text("hello"))];
  it.each<[string, object, unknown]>([
    ["no message", { messages: [] }, ["messages"]],
    ["a name that is too long", { messages, id: "x".repeat(198) }, ["id"]],
    ["a name with a line end", { messages, id: "a\nb" }, ["id"]],
    ["a message without an id", { messages: [{ ...messages[0], id: "" }] }, ["messages.0.id"]],
    [
      "too many parts",
      { messages: [user(...Array.from({ length: BOUNDS.parts + 1 }, () => text("a")))] },
      ["messages.0.parts"],
    ],
    ["words to the model", { messages, system: "Be brief." }, ["system"]],
    ["settings of the model", { messages, callSettings: { temperature: 1 } }, ["callSettings"]],
    ["a team that is none", { messages, team: "x" }, ["team"]],
  ])("%s", (_, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it("what is empty says nothing", () => {
    const body = { messages, system: "", callSettings: {}, config: {}, tools: {} };
    expect(read(body)).toMatchObject({ kind: "send" });
  });

  it("tools are taken by name, too", () => {
    const tools = { where: { description: "Where?", parameters: { type: "object" } } };
    expect(chatRequest.parse({ id: "c", messages, tools }).tools).toEqual([
      { name: "where", description: "Where?", inputSchema: { type: "object" } },
    ]);
  });
});
