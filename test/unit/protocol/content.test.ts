import { describe, expect, it } from "vitest";
import { command } from "../../../src/protocol/commands";
import { createTask } from "../../../src/protocol/rest/create-task";
import { executeTask } from "../../../src/protocol/rest/execute-task";
import { guideTurn } from "../../../src/protocol/rest/turn-actions";

const readGiven = (message: object) => createTask.safeParse({ history: [message] });

/** Each way to say something, as it is read. */
const ways: [string, (content: string) => { success: boolean; error?: unknown }][] = [
  ["chat:send", (content) => command.safeParse({ type: "chat:send", data: { content } })],
  ["chat:guide", (content) => command.safeParse({ type: "chat:guide", data: { content } })],
  ["a task's prompt", (prompt) => createTask.safeParse({ prompt })],
  ["a message of a given history", (content) => readGiven({ role: "user", content })],
  ["a name in a given history", (name) => readGiven({ role: "user", content: "a", name })],
  ["execute's input", (input) => executeTask.safeParse({ input })],
  ["guidance by REST", (content) => guideTurn.safeParse({ content })],
];

describe.each(ways)("[M6] %s", (_, read) => {
  it.each([
    ["nothing", ""],
    ["white space", " \t\r\n\v\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000"],
    ["characters of zero width", "\u200b\u200c\u200d\u2060\u180e\u00ad\u034f"],
    ["marks of direction", "\u200e\u200f\u202a\u202c\u2066\u2069"],
    ["a byte-order mark", "\ufeff"],
    ["variation selectors and tags", "\ufe0f\u{e0100}\u{e0041}"],
    ["fillers", "\u115f\u1160\u3164\uffa0"],
    ["control characters", "\u0000\u0007\u001b\u007f"],
    ["all of them", " \u200b\ufeff\n"],
  ])("of %s alone is blank, and says so", (_name, text) => {
    const { success, error } = read(text);
    expect(success).toBe(false);
    expect(String(error)).toContain("blank");
  });

  it.each([
    ["a letter", "a"],
    ["one among blanks", "\ufeff \u200b.\n"],
    ["an emoji of several parts", "👩‍🚀"],
    ["a letter of another script", "に"],
    ["half of a surrogate pair", "\ud83c"],
  ])("of %s is not", (_name, text) => {
    expect(read(text).success).toBe(true);
  });
});
