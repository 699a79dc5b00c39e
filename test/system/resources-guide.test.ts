import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Command, ROOT } from "../support/command";
import { DevServer } from "../support/dev-server";
import { type ModelServer, startModelServer } from "../support/model-server";

const guide = readFileSync(join(ROOT, "docs/resources.md"), "utf8");
let server: DevServer;
let models: ModelServer;

// `npm run token` signs with the secret of .dev.vars, so the server keeps it.
beforeAll(async () => {
  [server, models] = await Promise.all([
    DevServer.start({ localSecret: true }),
    startModelServer(),
  ]);
});
afterAll(() => Promise.all([server.stop(), models.close()]));

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
