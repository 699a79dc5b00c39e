import { expect, it } from "vitest";
import { readChatOptions } from "../../../../scripts/chat/options";

const TASK = `task_${"0".repeat(26)}`;

it.each([
  [[], { url: "http://localhost:8787", once: false, message: "" }],
  [["hello", "there"], { message: "hello there" }],
  [["--once", "hi"], { once: true, message: "hi" }],
  [["--url", "https://rooms.example/"], { url: "https://rooms.example" }],
  [["--task", TASK, "--token", "a.b-c_d"], { task: TASK, token: "a.b-c_d" }],
  [["--team", "system/assistant"], { team: "system/assistant" }],
])("reads %j", (args, expected) => {
  expect(readChatOptions(args)).toMatchObject(expected);
});

it.each([
  [["--once"], "--once needs a message"],
  [["--url", "localhost:8787"], "is not an address"],
  [["--url", "ftp://x"], "is not an address"],
  [["--team", "assistant"], "namespace/name"],
  [["--team", "a/b", "--task", TASK], "--team"],
  [["--task", "../../x"], "not a task's id"],
  [["--token", "a b"], "--token"],
  [["--unknown"], "--unknown"],
  [["--url"], "--url"],
])("complains about %j", (args, complaint) => {
  expect(readChatOptions(args)).toContain(complaint);
});

it("gives nothing where help is wanted", () => {
  expect(readChatOptions(["--help"])).toBeUndefined();
});
