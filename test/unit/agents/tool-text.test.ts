import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../../src/agents/model/tokens";
import { toolNames } from "../../../src/agents/tools/tool-names";
import { ToolRoom } from "../../../src/agents/tools/tool-room";
import { shownValue, toolText } from "../../../src/agents/tools/tool-text";
import { OutOfTime, within } from "../../../src/agents/within";

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

  it.each([
    ["no object", "text"],
    ["no list", { content: "text" }],
    ["nothing", undefined],
  ])("that is %s is refused", (_, value) => {
    expect(() => toolText(value)).toThrow();
  });

  it("is shown as it is, or cut as text", () => {
    expect(shownValue({ a: [1, null, "x"] })).toEqual({ a: [1, null, "x"] });
    expect(shownValue(undefined)).toBeNull();
    expect(shownValue("\ud83d")).toBe('"\\ud83d"');
    const cut = shownValue({ a: "x".repeat(100_000) });
    expect(cut).toMatch(/^\{"a":"x+ \[…cut\]$/);
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
