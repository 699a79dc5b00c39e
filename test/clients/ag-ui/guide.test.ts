import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { Command, ROOT } from "../../support/command";
import { guide, pasted } from "../../support/guide";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";

it("the guide's client works as pasted", async () => {
  const { production } = inject("shared");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(guide("ag-ui.md")) ?? [];
  const here = code.replaceAll("http://localhost:8787", production.url);
  const TOKEN = await new Server(production).token("reader-of-the-ag-ui-guide");
  const at = `cd ${join(ROOT, "test/clients")} && exec "$NODE" --input-type=module -e "$CODE"`;
  const run = new Command("bash", ["-c", at], { TOKEN, CODE: here, NODE: process.execPath });
  expect(await run.end(), run.stderr).toBe(0);
  expect(run.stdout.trim()).not.toBe("");
});

it("the guide's calls work as pasted", async () => {
  const [told = ""] = await pasted("ag-ui.md");
  const types = [...told.matchAll(/"type":"([A-Z_]+)"/g)].map(([, type]) => type);
  expect(types[0]).toBe("RUN_STARTED");
  expect(told).toMatch(/"taskroom.files".*"image\/png".*\/api\/v1\/files\/file_/);
  expect(types.filter((type) => type !== "CUSTOM").slice(-3)).toEqual([
    "RUN_STARTED",
    "MESSAGES_SNAPSHOT",
    "RUN_FINISHED",
  ]);
});
