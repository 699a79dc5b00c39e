import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { Command } from "../../support/command";
import { guide, pasted } from "../../support/guide";
import { answer, gate, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { type Person, person } from "./people";

const server = new Server(inject("shared").production);
// Where the package is found by its name.
const folder = mkdtempSync(join(import.meta.dirname, "../node_modules/.guide-"));
const state = join(mkdtempSync(join(tmpdir(), "openai-guide-")), "resume.json");

let models: ModelServer;
let reader: Person;

beforeAll(async () => {
  models = await startModelServer();
  reader = await person(server, "reader-of-the-guide", models);
});

afterAll(async () => {
  await models.close();
  rmSync(folder, { recursive: true });
});

it("the guide's script is killed in mid-stream, and goes on where it was", async () => {
  const [, script = ""] = /```js\n([\s\S]*?)```/.exec(guide("openai.md")) ?? [];
  const file = join(folder, "resume.mjs");
  writeFileSync(file, script);
  const { baseURL: BASE_URL, token: API_KEY, model: MODEL } = reader;
  const env = { BASE_URL, API_KEY, MODEL, STATE: state };
  const half = gate();
  models.script([text("Once upon a time"), wait(half), ...answer(", the end 🌧")]);

  const first = new Command(process.execPath, [file], env);
  const written = () => {
    try {
      return readFileSync(state, "utf8").includes("Once upon");
    } catch {
      return false;
    }
  };
  await until("the half is written", written);
  first.child.kill("SIGKILL");
  await first.end();
  expect(first.stdout).toBe("");
  half.open();

  const second = new Command(process.execPath, [file], env);
  expect(await second.end(), second.stderr).toBe(0);
  expect(second.stdout).toBe("Once upon a time, the end 🌧\n");
});

it("the guide's call with a file works as pasted", async () => {
  const [told = ""] = await pasted("openai.md");
  const { output } = JSON.parse(told);
  expect(JSON.stringify(output)).toContain("You attached note.txt (text/plain, 11 bytes)");
  expect(output.at(-1).content[0].annotations).toMatchObject([
    { type: "url_citation", url: expect.stringContaining("/api/v1/files/") },
  ]);
});
