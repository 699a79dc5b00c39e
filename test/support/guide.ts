import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { Command, ROOT } from "./command";
import type {} from "./shared-servers";

/** Some of them build what they use. */
const PASTING_MS = 300_000;

/** The text of a page of docs/. */
export function guide(name: string): string {
  return readFileSync(join(ROOT, "docs", name), "utf8");
}

/**
 * What each of a guide's shell blocks says, all run one after the other in one shell. `npm run token`
 * signs with the secret of .dev.vars, which the shared server has.
 */
export async function pasted(name: string): Promise<string[]> {
  const server = inject("shared").production;
  const blocks = [...guide(name).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );
  const marked = blocks.map((block) => `${block}\necho "--- done"`).join("\n");
  const here = marked
    .replaceAll("http://localhost:8787", server.url)
    .replaceAll("ws://localhost:8787", server.wsUrl);
  const run = new Command("bash", ["-c", `set -eu\n${here}`]);
  expect(await run.end(PASTING_MS), run.stderr).toBe(0);
  return run.stdout.split("--- done\n").slice(0, -1);
}
