import { describe, expect, it } from "vitest";
import { HeldKeys } from "../../../src/worker/identity/held-keys";

const held = (id: string) => ({
  ...{ id, userId: "alice", scopes: ["read" as const] },
  ...{ expiresAt: null, lastUsedAt: null },
});

describe("[V5] a key that was looked up is good for less than five seconds without another look", () => {
  it.each([
    [0, true],
    [3999, true],
    [4000, false],
    [60_000, false],
  ])("after %i ms: %s", (ms, isKept) => {
    const keys = new HeldKeys();
    keys.keep("hash", held("key_1"), 1000);
    expect(keys.find("hash", 1000 + ms)?.id).toBe(isKept ? "key_1" : undefined);
  });

  it("and no longer than until it is revoked here", () => {
    const keys = new HeldKeys();
    keys.keep("one", held("key_1"), 0);
    keys.keep("two", held("key_2"), 0);
    keys.forget("key_1", 1);
    expect([keys.find("one", 1), keys.find("two", 1)?.id]).toEqual([undefined, "key_2"]);
  });

  it("nor by a look that began before it was revoked here, and ends after", () => {
    const keys = new HeldKeys();
    keys.forget("key_1", 0);
    keys.keep("one", held("key_1"), 10);
    keys.keep("two", held("key_2"), 10);
    expect([keys.find("one", 11), keys.find("two", 11)?.id]).toEqual([undefined, "key_2"]);
  });

  it("strangers' keys take no room: the oldest go", () => {
    const keys = new HeldKeys();
    for (let i = 0; i <= 10_000; i++) keys.keep(`hash ${i}`, held(`key_${i}`), 0);
    expect(keys.find("hash 0", 1)).toBeUndefined();
    expect(keys.find("hash 10000", 1)).toBeDefined();
  });
});
