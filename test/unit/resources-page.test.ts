import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endpointOf } from "../../src/resources/model-endpoint";
import { modelProvider, teamMember, teamSpec } from "../../src/resources/specs";

const page = readFileSync(join(import.meta.dirname, "../../docs/resources.md"), "utf8");

/** What stands below a heading, up to the next. */
function section(title: string): string {
  const from = page.indexOf(`## ${title}\n`);
  return page.slice(from, page.indexOf("\n## ", from + 1));
}

/** The words in code that rows begin with. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([\w-]+)` /gm)].map(([, word = ""]) => word);
}

describe("the guide to resources has a row for every field", () => {
  it.each([
    ["Every field of a team", teamSpec],
    ["Every field of a member", teamMember],
  ])("%s", (title, schema) => {
    expect(firstCells(section(title)).sort()).toEqual(Object.keys(schema.shape).sort());
  });

  it("says of every provider what its address is, with addresses that are taken", () => {
    const text = section("How a model is called");
    expect(firstCells(text)).toEqual(expect.arrayContaining([...modelProvider.options]));
    const [, compatible = ""] = /(\| `openai-compatible` [\s\S]*?)\n\| `openai` /.exec(text) ?? [];
    const addresses = [...compatible.matchAll(/`(https?:[^`]*)`/g)].map(([, url = ""]) => url);
    expect(addresses.length).toBeGreaterThan(2);
    for (const url of addresses) expect(endpointOf(url), url).toMatchObject({ ok: true });
  });
});
