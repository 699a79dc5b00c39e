import { describe, expect, it } from "vitest";
import { portable, seal, unseal, unsealPortable } from "../../../src/platform/sealing";
import { settings } from "../../../src/platform/settings";

const key = (byte: number) => Buffer.alloc(32, byte).toString("base64");
const OLD = key(1);
const NEW = key(2);
const SECRET = "sk-secret ★";
const OWNER = "Model/alice|b/mine";

describe("sealing", () => {
  it("gives back what was sealed, and a new text each time", async () => {
    const [one, two] = await Promise.all([seal([OLD], SECRET, OWNER), seal([OLD], SECRET, OWNER)]);
    expect(await unseal([OLD], one, OWNER)).toBe(SECRET);
    expect(one).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(one).not.toBe(two);
    expect(one).not.toContain("secret");
  });

  it("a sealed text cannot be moved to another resource", async () => {
    const sealed = await seal([OLD], SECRET, OWNER);
    for (const other of ["Shell/alice|b/mine", "Model/alice|b/other", "Model/bob/mine", ""]) {
      expect(await unseal([OLD], sealed, other)).toBeUndefined();
    }
  });

  it("no part of it can be changed", async () => {
    const sealed = await seal([OLD], SECRET, OWNER);
    const parts = sealed.split(".");
    for (const [i, part] of parts.entries()) {
      for (const at of [0, Math.floor(part.length / 2)]) {
        const other = part[at] === "A" ? "B" : "A";
        const changed = part.slice(0, at) + other + part.slice(at + 1);
        const text = parts.with(i, changed).join(".");
        expect(await unseal([OLD], text, OWNER)).toBeUndefined();
      }
    }
  });

  it.each(["", "v1", "v1.x.y.z", "v1...", "v2.a.b.c", "%%%.%%%.%%%.%%%", "a|b|c"])(
    "what was never sealed is not there: %s",
    async (text) => {
      expect(await unseal([OLD], text, OWNER)).toBeUndefined();
      expect(await unsealPortable([OLD], text)).toBeUndefined();
    },
  );

  it("keys rotate: the first seals, all unseal, one that is gone does not", async () => {
    const before = await seal([OLD], SECRET, OWNER);
    const after = await seal([NEW, OLD], SECRET, OWNER);
    expect(before.split(".")[1]).not.toBe(after.split(".")[1]);
    expect(await unseal([NEW, OLD], before, OWNER)).toBe(SECRET);
    expect(await unseal([NEW], after, OWNER)).toBe(SECRET);
    expect(await unseal([NEW], before, OWNER)).toBeUndefined();
    expect(await unseal([], after, OWNER)).toBeUndefined();
  });

  it("carries its identity where it leaves its row, whatever the user's id holds", async () => {
    const text = portable(await seal([OLD], SECRET, OWNER), OWNER);
    expect(await unsealPortable([OLD], text)).toBe(SECRET);
    expect(await unsealPortable([OLD], `x${text}`)).toBeUndefined();
  });
});

describe("the setting", () => {
  it("holds one key or several, or none", () => {
    expect(settings.parse({ SECRETS_KEY: "" }).SECRETS_KEY).toEqual([]);
    expect(settings.parse({ SECRETS_KEY: NEW }).SECRETS_KEY).toEqual([NEW]);
    expect(settings.parse({ SECRETS_KEY: `${NEW}, ${OLD}` }).SECRETS_KEY).toEqual([NEW, OLD]);
  });

  it.each([
    Buffer.alloc(16, 7).toString("base64"),
    Buffer.alloc(33, 7).toString("base64"),
    Buffer.alloc(32, 7).toString("hex"),
    "correct horse battery staple",
    `${OLD},short`,
  ])("refuses what is not 32 bytes in base64, without repeating it", (value) => {
    const { error } = settings.safeParse({ SECRETS_KEY: value });
    expect(error?.issues[0]?.path[0]).toBe("SECRETS_KEY");
    expect(JSON.stringify(error?.issues)).not.toContain(value);
  });
});
