import { expect, it } from "vitest";
import { WrittenText } from "../../../src/console/room/composer/written-text";

/** Sends each of the texts, one after the other. */
function sent(...texts: string[]) {
  const written = new WrittenText();
  const taken = texts.map((text) => {
    written.set(text);
    return written.take();
  });
  return { written, taken };
}

it("is empty once it is sent", () => {
  const { written, taken } = sent(" one\n");
  expect([taken, written.getSnapshot()]).toEqual([["one"], ""]);
});

it("has what was refused again, all of it and in its order", () => {
  const { written, taken } = sent("one", "two", "three");
  for (const text of taken) written.putBack(text);
  expect(written.getSnapshot()).toBe("one\n\ntwo\n\nthree");
});

it("keeps what was begun meanwhile, behind what was refused", () => {
  const { written } = sent("one", "two");
  written.set("three");
  written.putBack("one");
  written.set(`${written.getSnapshot()} and more`);
  written.putBack("two");
  expect(written.getSnapshot()).toBe("one\n\ntwo\n\nthree and more");
});

it("loses nothing of what came back and was changed, or sent again", () => {
  const { written } = sent("one", "two", "three");
  written.putBack("one");
  written.set("one, but better");
  written.putBack("two");
  expect(written.getSnapshot()).toBe("two\n\none, but better");
  written.take();
  written.putBack("three");
  expect(written.getSnapshot()).toBe("three");
});
