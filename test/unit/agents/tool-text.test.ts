import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../src/agents/model/tokens";
import { ShownValues } from "../../../src/agents/tools/shown-values";
import { toolNames } from "../../../src/agents/tools/tool-names";
import { ToolRoom } from "../../../src/agents/tools/tool-room";
import { toolText } from "../../../src/agents/tools/tool-text";
import { OutOfTime, within } from "../../../src/agents/within";
import { jsonBytes, utf8Bytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import { shownValue } from "../../../src/protocol/tools/shown-value";

describe("a tool's name", () => {
  const of = (...pairs: [server: string, name: string][]) =>
    toolNames(pairs.map(([server, name]) => ({ server, name })));

  it.each<[string, [string, string][], string[]]>([
    [
      "is its own where nobody shares it",
      [
        ["a", "add"],
        ["b", "sub"],
      ],
      ["add", "sub"],
    ],
    [
      "has its server's before it where it is shared",
      [
        ["a", "x"],
        ["b", "x"],
      ],
      ["a_x", "b_x"],
    ],
    [
      "is shared also when only its plain form is",
      [
        ["a", "x.y"],
        ["b", "x/y"],
      ],
      ["a_x_y", "b_x_y"],
    ],
    [
      "is numbered where even that is taken",
      [
        ["a", "x"],
        ["a", "x"],
      ],
      ["a_x", "a_x_2"],
    ],
    ["is made plain", [["a", "über.suche v2"]], ["ber_suche_v2"]],
    ["is never empty", [["a", "…"]], ["tool"]],
    ["begins with a letter", [["a", "2nd"]], ["tool_2nd"]],
    ["is no key that objects have of their own", [["a", "__proto__"]], ["proto__"]],
  ])("%s", (_, pairs, names) => {
    expect(of(...pairs)).toEqual(names);
  });

  it("is at most as long as providers take, and still its own", () => {
    const long = "x".repeat(100);
    const names = of(["a", long], ["a", long], ["b", `${long}y`]);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  });
});

describe("what a tool answers", () => {
  it.each<[string, unknown, string]>([
    [
      "texts",
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      "a\nb",
    ],
    ["a picture", [{ type: "image", data: "aGk=", mimeType: "image/png" }], "[image: image/png]"],
    ["a resource", [{ type: "resource", resource: { uri: "file:///a", text: "in it" } }], "in it"],
    ["bytes", [{ type: "resource", resource: { uri: "u:b", blob: "aGk=" } }], "[resource: u:b]"],
    ["a link", [{ type: "resource_link", uri: "u:c", name: "c" }], "[resource_link: u:c]"],
    ["something of a later version", [{ type: "hologram", waves: [1] }], "[hologram]"],
    ["nothing", [], ""],
  ])("with %s is one text", (_, content, text) => {
    expect(toolText({ content })).toBe(text);
  });

  it("without text is its data", () => {
    expect(toolText({ content: [], structuredContent: { a: [1] } })).toBe('{"a":[1]}');
    expect(toolText({ toolResult: 7 })).toBe("7");
  });

  it("is cut for its model too, past its bound in bytes", () => {
    const text = toolText({ content: [{ type: "text", text: "漢".repeat(200_000) }] });
    expect(utf8Bytes(text)).toBeLessThanOrEqual(LIMITS.toolOutputBytes);
    expect(text).toMatch(/^漢+ \[…cut\]$/);
  });

  it("is shown as it is, or cut as text and marked", () => {
    expect(shownValue({ a: [1, null, "x"] })).toEqual({ value: { a: [1, null, "x"] } });
    expect(shownValue(undefined)).toEqual({ value: null });
    expect(shownValue("\ud83d")).toEqual({ value: '"\\ud83d"' });
    const { value, cut } = shownValue({ a: "漢".repeat(100_000) });
    expect(value).toMatch(/^\{"a":"漢+ \[…cut\]$/);
    expect(cut).toBe(true);
    expect(jsonBytes(value)).toBeLessThanOrEqual(LIMITS.toolValueBytes);
  });

  it("and all of an answer's stay within their bound, however many and whatever they are", () => {
    const value = fc.oneof(fc.string({ maxLength: 200_000 }), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const shown = new ShownValues();
        const all = values.map((item) => shown.take(item, "").value);
        for (const item of all) expect(jsonBytes(item)).toBeLessThanOrEqual(LIMITS.toolValueBytes);
        expect(jsonBytes(all)).toBeLessThanOrEqual(LIMITS.toolValuesBytes);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the room for answers of tools", () => {
  it("is never used up by one, and all together stay within it", () => {
    const room = new ToolRoom(8000);
    const long = "word ".repeat(50_000);
    const kept = Array.from({ length: 6 }, () => estimateTokens(room.fit(long)));
    expect(kept[0]).toBeGreaterThan(3900);
    expect(kept[5]).toBeGreaterThan(60);
    expect(kept.reduce((sum, tokens) => sum + tokens, 0)).toBeLessThan(8100);
  });

  it("leaves alone what fits", () => {
    expect(new ToolRoom(8000).fit("42")).toBe("42");
  });
});

describe("work within a limit", () => {
  const hanging = (signal: AbortSignal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("aborted"))),
    );

  it("is told when the time is over", async () => {
    await expect(within(20, undefined, hanging)).rejects.toThrow(OutOfTime);
  });

  it("is told when it is not wanted any more", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(within(60_000, stop.signal, hanging)).rejects.toThrow("aborted");
  });

  it("gives what it made", async () => {
    expect(await within(60_000, undefined, async () => 42)).toBe(42);
  });
});
