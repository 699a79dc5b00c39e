import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import * as z from "zod";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const findings = z.array(
  z.object({
    id: z.string(),
    impact: z.string().nullable(),
    nodes: z.array(z.object({ html: z.string() })),
  }),
);

export type Theme = "light" | "dark";
/** The pages of a theme differ in colours alone. */
const RULES: Record<Theme, object> = {
  light: {},
  dark: { runOnly: ["color-contrast", "link-in-text-block"] },
};

/** What axe finds that is serious, with the places. */
export async function serious(page: Page, theme: Theme = "light"): Promise<string[]> {
  const isThere = await page.evaluate("typeof axe === 'object'");
  if (!isThere) await page.evaluate(AXE);
  const options = JSON.stringify({ ...RULES[theme], resultTypes: ["violations"] });
  const found = findings.parse(
    await page.evaluate(`axe.run(${options}).then((r) => r.violations)`),
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
