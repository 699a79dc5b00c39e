import { describe, expect, it } from "vitest";
import { Composed, TakenBack } from "../../../../src/faces/openai/chat/composed";

type Act = [id: string, kept: number] | string;

/** Plays beginnings of messages, and words that follow on each other; gives what was sent. */
function play(acts: Act[], composed = new Composed()): string[] {
  let at = 0;
  return acts.map((act) => {
    if (typeof act !== "string") {
      at = act[1];
      return composed.begin(...act);
    }
    const sent = composed.write(at, act);
    at += act.length;
    return sent;
  });
}

describe("a text that only grows", () => {
  it.each<[string, Act[], string[]]>([
    ["of one attempt", [["a", 0], "Hel", "lo"], ["", "Hel", "lo"]],
    [
      "of one that begins again alike",
      [["a", 0], "Hel", ["a", 0], "He", "llo"],
      ["", "Hel", "", "", "lo"],
    ],
    [
      "of one that goes on after what is kept",
      [["a", 0], "Hello", ["a", 3], "lo!"],
      ["", "Hello", "", "!"],
    ],
    ["of two steps", [["a", 0], "Hi", ["b", 0], "you"], ["", "Hi", "\n\n", "you"]],
    [
      "of a step that is gone back to",
      [["a", 0], "Hi", ["b", 0], "you", ["a", 0], "Hi", ["b", 0], "yours"],
      ["", "Hi", "\n\n", "you", "", "", "", "rs"],
    ],
  ])("%s", (_what, acts, sent) => {
    const composed = new Composed();
    expect(play(acts, composed)).toEqual(sent);
    composed.end();
    expect(composed.text).toBe(sent.join(""));
  });

  it.each<[string, Act[]]>([
    ["other words", [["a", 0], "Hello", ["a", 0], "Help"]],
    ["another step's words", [["a", 0], "Hello", ["a", 0], "He", ["b", 0], "Hi"]],
  ])("takes nothing back: %s", (_what, acts) => {
    expect(() => play(acts)).toThrow(TakenBack);
  });

  it("does not end before what was sent", () => {
    const composed = new Composed();
    play([["a", 0], "Hello", ["a", 0], "He"], composed);
    expect(() => composed.end()).toThrow(TakenBack);
  });

  it("is the last attempt's where nothing is sent before the end", () => {
    const composed = new Composed({ mayTakeBack: true });
    play([["a", 0], "Hello", ["a", 0], "Hi"], composed);
    composed.end();
    expect(composed.text).toBe("Hi");
  });
});
