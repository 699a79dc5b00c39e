import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { findMessageSeq, type MessageRange, readMessages } from "../../../src/history/messages";
import { aMessage, aTask, clear, stored } from "./build";

const task = aTask({ headSeq: 9 });
const other = aTask({ headSeq: 9 });
// Numbers with gaps, as a log has between its messages.
const messages = [1, 3, 4, 7, 9].map((seq) =>
  aMessage(task.id, seq, {
    threadId: seq % 2 === 0 ? "side" : "main",
    role: seq === 3 || seq === 9 ? "assistant" : "user",
  }),
);

beforeAll(async () => {
  await clear();
  await stored(task, { messages });
  await stored(other, { messages: [aMessage(other.id, 5)] });
});

describe("a stretch of messages, oldest first", () => {
  it.each<[string, Omit<MessageRange, "limit">, number, number[]]>([
    ["the newest without bounds", {}, 2, [7, 9]],
    ["all", {}, 200, [1, 3, 4, 7, 9]],
    ["the newest before, exclusive", { beforeSeq: 7 }, 2, [3, 4]],
    ["the newest before a number that no message has", { beforeSeq: 6 }, 2, [3, 4]],
    ["none before the first", { beforeSeq: 1 }, 2, []],
    ["the oldest after, exclusive", { afterSeq: 3 }, 2, [4, 7]],
    ["the oldest after nothing", { afterSeq: 0 }, 2, [1, 3]],
    ["none after the last", { afterSeq: 9 }, 2, []],
    ["between both, the oldest", { afterSeq: 1, beforeSeq: 9 }, 2, [3, 4]],
    ["and at least one, however few bytes", { bytes: 1 }, 5, [9]],
    ["of a thread", { threadId: "main" }, 2, [7, 9]],
    ["of a thread before", { threadId: "main", beforeSeq: 9 }, 2, [3, 7]],
    ["of roles", { roles: ["assistant"] }, 9, [3, 9]],
    ["of several roles", { roles: ["assistant", "user"], afterSeq: 4 }, 9, [7, 9]],
    ["of roles in a thread", { roles: ["user"], threadId: "side" }, 9, [4]],
    ["of a thread that is not", { threadId: "nope" }, 9, []],
  ])("%s", async (_name, range, limit, seqs) => {
    const { items } = await readMessages(env.DB, task.id, { ...range, limit });
    expect(items).toEqual(messages.filter(({ seq }) => seqs.includes(seq)));
  });
});

describe("the number of a message", () => {
  it("is found in its own task only", async () => {
    const [first] = messages;
    expect(await findMessageSeq(env.DB, task.id, first?.id ?? "")).toBe(1);
    expect(await findMessageSeq(env.DB, other.id, first?.id ?? "")).toBeUndefined();
    expect(await findMessageSeq(env.DB, task.id, "msg_x")).toBeUndefined();
  });
});

it("a stored row that is no message is an error, never half an answer", async () => {
  const broken = aTask();
  const message = aMessage(broken.id, 1);
  await stored(broken, { messages: [message] });
  await env.DB.prepare("UPDATE messages SET status = 'ghost' WHERE id = ?").bind(message.id).run();
  await expect(readMessages(env.DB, broken.id, { limit: 1 })).rejects.toThrow(/status/);
});
