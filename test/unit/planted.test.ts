import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FAMILIES } from "../faults/families/index";
import { playsOf } from "../faults/run";
import { type Edit, MISTAKES } from "../planted/mistakes";
import { edited } from "../planted/plant";
import { ROOT } from "../support/command";

describe("every mistake can still be planted, and there is a play that looks for it", () => {
  it.each(MISTAKES)("$name", ({ edits, plays }) => {
    const sources = new Map<string, string>();
    for (const edit of edits) {
      const before = sources.get(edit.file) ?? readFileSync(join(ROOT, edit.file), "utf8");
      const after = edited(before, edit);
      expect(after).not.toBe(before);
      sources.set(edit.file, after);
    }
    for (const play of plays) expect([play, playsOf(FAMILIES, play).length]).not.toEqual([play, 0]);
  });

  it("there are at least ten", () => {
    expect(new Set(MISTAKES.map(({ name }) => name)).size).toBeGreaterThanOrEqual(10);
  });
});

describe("a text that is not there, or more than once, is no place for a mistake", () => {
  const edit: Edit = { file: "a.ts", search: "right", replace: "wrong" };
  it.each(["nothing", "right and right"])("%s", (source) => {
    expect(() => edited(source, edit)).toThrow("must hold this once");
  });

  it("elsewhere nothing changes", () => {
    expect(edited("all right here", edit)).toBe("all wrong here");
  });
});
