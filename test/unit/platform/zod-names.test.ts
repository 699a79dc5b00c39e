import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as all from "zod/v4";
import * as names from "../../../src/platform/zod-names";
import * as lean from "../../../src/platform/zod-without-locales";

/** What the bundle does without. `z` and `default` are the same names once more. */
const LEFT_OUT = ["locales", "core"];

it("packages find all of zod in the bundle, but for what holds its messages in other languages", () => {
  const wanted = Object.keys(all).filter((name) => !["z", "default", ...LEFT_OUT].includes(name));
  expect(Object.keys(names).sort()).toEqual(wanted.sort());
  for (const [name, value] of Object.entries(names)) {
    expect(value, name).toBe(Object.entries(all).find(([other]) => other === name)?.[1]);
  }
  expect(lean.z).toBe(names);
});

it("no package asks for what is left out", () => {
  const askers = packages().filter((text) => /from "zod\/v4"/.test(text));
  expect(askers.length).toBeGreaterThan(3);
  for (const name of LEFT_OUT) {
    const member = new RegExp(`\\bz\\d?\\.${name}\\b|\\b${name}\\b[^;{}]*\\} from "zod/v4"`);
    expect(askers.filter((text) => member.test(text))).toEqual([]);
  }
});

/** The code of the packages that speak with models. */
function packages(): string[] {
  const scope = readdirSync("node_modules/@ai-sdk").map((name) => `@ai-sdk/${name}`);
  return ["ai", "workers-ai-provider", ...scope].flatMap((name) => {
    const folder = join("node_modules", name, "dist");
    const files = readdirSync(folder).filter((file) => /\.m?js$/.test(file));
    return files.map((file) => readFileSync(join(folder, file), "utf8"));
  });
}
