import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../support/command";
import { guide, pasted } from "../support/guide";

function answers(text = ""): unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

it("the first task works as pasted", async () => {
  const blocks = await pasted("first-task.md");
  const [, made, watched, read, stopped, again, history, shared, found, ...others] = blocks;
  const [begun, erased, ...rest] = others;
  expect(rest).toEqual([]);
  expect(made).toMatch(/^task_[a-z0-9]{26}\n$/);
  expect(watched).toMatch(
    /event: chat:message\n(.*\n)*event: chat:done\n(.*\n)*event: task:status/,
  );
  expect(answers(read)).toMatchObject([
    {
      items: [
        { role: "user", content: "Say hello" },
        { role: "assistant", status: "complete" },
      ],
    },
    { items: [{ status: "COMPLETED" }], nextCursor: null },
  ]);
  expect(answers(stopped)).toMatchObject([{ turn: { status: "INTERRUPTED", reason: "Too long" } }]);
  expect(answers(again)).toMatchObject([{ turn: { status: "PENDING" } }, { interrupted: 1 }]);
  expect(answers(history)).toMatchObject([
    { items: expect.arrayContaining([expect.objectContaining({ type: "task:status" })]) },
    { turns: { COMPLETED: 1, INTERRUPTED: 1 } },
  ]);
  expect(answers(shared)).toMatchObject([
    { userId: "bob", role: "viewer" },
    { role: "viewer", title: "First steps" },
    { code: "forbidden", status: 403 },
  ]);
  expect(answers(found)).toMatchObject([{ items: [{ labels: { guide: "yes" } }] }]);
  const said = [
    { role: "system", imported: true },
    { role: "user", author: { userId: "alice", name: "Bo" }, imported: true },
    { role: "assistant", imported: true },
    { role: "user", content: "And tomorrow?" },
  ];
  expect(answers(begun)).toMatchObject([
    { items: expect.arrayContaining(said.map((one) => expect.objectContaining(one))) },
  ]);
  expect(answers(erased)).toMatchObject([204, { code: "not_found" }]);
});

it("the socket's client works as pasted: it loses the connection and ends with all of the text", async () => {
  const [said] = await pasted("websocket.md");
  expect(said).toMatch(
    /^joined at \d+\nresumed after \d+\nthe whole answer: 120 words, 2 connections\n$/,
  );
});

it("the MCP server's guide works as pasted", async () => {
  const [, listed, ran, gone, looked, stopped] = await pasted("mcp.md");
  expect(listed).toContain('"name":"run_team"');
  expect(ran).toContain("notifications/progress");
  expect(ran).toContain('"status":"COMPLETED"');
  expect(gone).toMatch(/^task_[a-z0-9]{26}\n$/);
  expect(looked).toContain(`"task":"${gone?.trim()}"`);
  expect(stopped).toContain('"stopped":');
});

it.each([
  ...["first-task", "websocket", "client", "settings", "deploying", "security"],
  ...["react", "web-app", "failures", "console"],
  ...[
    "resources",
    "bring-your-own-agent",
    "your-own-agent-in-code",
    "tools",
    "openai",
    "doors",
    "a2a",
    "mcp",
  ],
])("%s.md links only to pages that exist", (name) => {
  const links = [...guide(`${name}.md`).matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
  for (const link of links.filter((item) => !item.startsWith("http"))) {
    expect(existsSync(join(ROOT, "docs", link)), link).toBe(true);
  }
});
