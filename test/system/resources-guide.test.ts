import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { Command, ROOT } from "../support/command";
import { type ModelServer, startModelServer } from "../support/model-server";
import type {} from "../support/shared-servers";

const guide = readFileSync(join(ROOT, "docs/resources.md"), "utf8");
// `npm run token` signs with the secret of .dev.vars, which the server has.
const server = inject("shared").production;
let models: ModelServer;

beforeAll(async () => {
  models = await startModelServer();
});
afterAll(() => models.close());

it("its example works as pasted, up to the model that is called", async () => {
  const blocks = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  expect(blocks).toHaveLength(5);
  const here = blocks
    .join("\n")
    .replaceAll("http://localhost:8787", server.url)
    .replaceAll("http://localhost:11434/v1", models.url);
  const run = new Command("bash", ["-c", `set -eu\n${here}`]);
  expect(await run.end()).toBe(0);
  const answers = run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ kind, status }) => kind ?? status)).toEqual([
    ...["Model", "Ghost", "Bot", "Team", expect.any(String), "Model", "Model", 409],
  ]);
  expect(answers.at(-3).spec.apiKey).toBe("•••");
  expect(answers.at(-2).spec).toMatchObject({ model: "llama3.3", apiKey: "•••" });
  expect(answers.at(-1)).toMatchObject({ code: "in_use", referrers: ["Team/alice/crew"] });

  const { headers, body } = await models.request(1);
  expect(headers.authorization).toBe("Bearer sk-example-0123");
  expect(body).toMatchObject({
    temperature: 0.2,
    messages: [
      { role: "system", content: "You answer like a pirate." },
      { role: "user", content: "How is the sea today?" },
    ],
  });
  expect(run.stdout).not.toContain("sk-example-0123");
});
