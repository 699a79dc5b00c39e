import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { Command, ROOT } from "../support/command";
import type {} from "../support/shared-servers";

// `npm run token` signs with the secret of .dev.vars, which the server has.
const server = inject("shared").production;

function guide(name: string): string {
  return readFileSync(join(ROOT, "docs", name), "utf8");
}

/** What each of a guide's shell blocks says, all run one after the other in one shell. */
async function pasted(name: string): Promise<string[]> {
  const blocks = [...guide(name).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );
  const marked = blocks.map((block) => `${block}\necho "--- done"`).join("\n");
  const here = marked
    .replaceAll("http://localhost:8787", server.url)
    .replaceAll("ws://localhost:8787", server.wsUrl);
  const run = new Command("bash", ["-c", `set -eu\n${here}`]);
  expect(await run.end(), run.stderr).toBe(0);
  return run.stdout.split("--- done\n").slice(0, -1);
}

function answers(text = ""): unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

it("the first task works as pasted", async () => {
  const [, made, watched, read, stopped, again, history, shared, found, erased, ...rest] =
    await pasted("first-task.md");
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
  expect(answers(erased)).toMatchObject([204, { code: "not_found" }]);
});

it("the socket's client works as pasted: it loses the connection and ends with all of the text", async () => {
  const [said] = await pasted("websocket.md");
  expect(said).toMatch(
    /^joined at \d+\nresumed after \d+\nthe whole answer: 120 words, 2 connections\n$/,
  );
});

it("the TypeScript client works as pasted", async () => {
  const [said] = await pasted("client.md");
  expect(said).toContain("> Hello, room");
  expect(said).toMatch(/\nopen COMPLETED 2\n$/);
});

it.each(["first-task", "websocket", "client", "settings", "deploying", "security"])(
  "%s.md links only to pages that exist",
  (name) => {
    const links = [...guide(`${name}.md`).matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
    for (const link of links.filter((item) => !item.startsWith("http"))) {
      expect(existsSync(join(ROOT, "docs", link)), link).toBe(true);
    }
  },
);
