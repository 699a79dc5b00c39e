import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { Command, ROOT } from "../support/command";
import type {} from "../support/shared-servers";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const address = "http://localhost:8787";
// `npm run token` signs with the secret of .dev.vars, which the server has.
const server = inject("shared").production;

it("its examples work as pasted, one after the other", async () => {
  const blocks = shellBlocks(section("By hand"));
  expect(blocks).toHaveLength(5);
  const marked = blocks.map((block, i) => `${block}\necho; echo "--- ${i} done"`).join("\n");
  const here = marked
    .replaceAll(address, server.url)
    .replaceAll("ws://localhost:8787", server.wsUrl);
  const run = new Command("bash", ["-c", `set -eu\n${here}`]);
  expect(await run.end()).toBe(0);
  const [, , read = "", worked = "", said = ""] = run.stdout.split(/--- \d done\n/);

  const [task, messages] = read
    .trim()
    .split(/(?<=\})(?=\{)/)
    .map((text) => JSON.parse(text));
  expect(task).toMatchObject({ title: "First steps", role: "owner" });
  expect(messages.items[0]).toMatchObject({ role: "user", content: "Say hello" });
  expect(worked).toMatch(/"turn":\{.*"interrupted":[12]\b/);
  expect(said).toContain("> Hello, room");
});

it("names only npm scripts that exist, and all that a person needs", () => {
  const named = [...readme.matchAll(/npm (?:run (?:-s )?([a-z:]+)|(start|test)\b)/g)].map(
    ([, script, short]) => script ?? short,
  );
  const scripts = Object.keys(packageJson.scripts);
  expect(scripts).toEqual(expect.arrayContaining(named));
  for (const name of ["start", "dev", "chat", "token", "test", "format", "deploy", "db:generate"]) {
    expect(named).toContain(name);
  }
});

it("names only folders and files that exist", () => {
  const paths = [
    ...readme.matchAll(/`((?:src|test|scripts|docs|migrations|public|\.ci)\/[\w./-]*)`/g),
  ];
  expect(paths.length).toBeGreaterThan(8);
  for (const [, path = ""] of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
});

function section(title: string): string {
  const from = readme.indexOf(`## ${title}\n`);
  return readme.slice(from, readme.indexOf("\n## ", from + 1));
}

function shellBlocks(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
}
