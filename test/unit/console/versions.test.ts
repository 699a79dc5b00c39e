import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/client";
import { FormerMessages } from "../../../src/console/room/conversation/changes/former-messages";
import { type Placed, versionsOf } from "../../../src/console/room/conversation/changes/versions";
import { answered, said } from "../../support/said";

/** Versions by the ids of what is in them, oldest first, where this is all that was looked through. */
async function versions(message: Placed, looked: Message[], nextCursor: string | null = null) {
  const former = new FormerMessages(async () => ({ items: looked, nextCursor }));
  await former.more();
  const { earlier, isWhole } = versionsOf(message, former.getSnapshot());
  return { ids: earlier.map((version) => version.map(({ id }) => id)), isWhole };
}

describe("a message that was edited", () => {
  const first = said("m1", { supersededBy: "m3" });
  const answer = answered("m2", "turn_of_m1", { supersededBy: "m3" });
  const second = said("m3", { supersededBy: "m5", replaces: "m1" });
  const standing = said("m5", { replaces: "m3" });

  it("has those that it and they replaced as versions, each with what followed it then", async () => {
    const all = [said("m0"), first, answer, second, standing];
    expect(await versions(standing, all)).toEqual({ ids: [["m1", "m2"], ["m3"]], isWhole: true });
  });

  it("has nothing of what had left before the edit came", async () => {
    const withdrawn = answered("m2", "turn_of_m1", { supersededBy: "turn_anew" });
    const again = answered("m3", "turn_anew", { supersededBy: "m4" });
    const replaced = said("m1", { supersededBy: "m4" });
    const edited = said("m4", { replaces: "m1" });
    const all = [replaced, withdrawn, again, edited];
    expect(await versions(edited, all)).toEqual({ ids: [["m1", "m3"]], isWhole: true });
  });

  it("has nothing of what a rollback in its name took from before it", async () => {
    const undone = said("m1", { supersededBy: "m5" });
    const replaced = said("m3", { supersededBy: "m5" });
    const edited = said("m5", { replaces: "m3" });
    expect((await versions(edited, [undone, replaced, edited])).ids).toEqual([["m3"]]);
  });

  it("may have more for as long as one that it goes back to was not come to", async () => {
    expect(await versions(standing, [second, standing], "older")).toEqual({
      ids: [["m3"]],
      isWhole: false,
    });
    expect((await versions(standing, [second, standing])).isWhole).toBe(true);
  });

  it("that replaces itself ends the search", async () => {
    const circle = said("m1", { replaces: "m1" });
    expect((await versions(circle, [circle])).isWhole).toBe(true);
  });
});

describe("an answer that was given anew", () => {
  const question = said("m1", { turnId: "t1" });
  const first = [
    answered("m2", "t1", { supersededBy: "t2" }),
    answered("m3", "t1", { supersededBy: "t2" }),
  ];
  const second = answered("m4", "t2", { supersededBy: "t3" });
  const third = answered("m5", "t3");

  it("has what each turn before answered as a version", async () => {
    const all = [question, ...first, second, third];
    expect(await versions(third, all)).toEqual({ ids: [["m2", "m3"], ["m4"]], isWhole: true });
  });

  it("is whole once its question was come to, whatever may be before that", async () => {
    expect((await versions(third, [...first, second, third], "older")).isWhole).toBe(false);
    const all = [question, ...first, second, third];
    expect((await versions(third, all, "older")).isWhole).toBe(true);
  });

  it("has them too where its turn came to no answer", async () => {
    const place = { id: "t3", role: "assistant", turnId: "t3" } as const;
    expect((await versions(place, [question, ...first, second])).ids).toHaveLength(2);
  });

  it("that superseded itself ends the search", async () => {
    const circle = answered("m2", "t", { supersededBy: "t" });
    expect((await versions(circle, [circle])).ids).toEqual([["m2"]]);
  });
});
