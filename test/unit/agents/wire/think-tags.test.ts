import { describe, expect, it } from "vitest";
import { type Answer, read, say, stop, think } from "./answer";

async function readIn(text: string, units: number): Promise<Answer> {
  const pieces = text.match(new RegExp(`[^]{1,${units}}`, "g")) ?? [];
  return read([...pieces.map(say), stop]);
}

describe.each([1, 2, 3, 7, 1000])("thinking between tags, in pieces of %i", (units) => {
  it.each([
    ["at the beginning", "<think>plan</think>Answer.", "plan", "Answer."],
    ["behind white space", "\n <think>\nplan\n</think>\n\nAnswer.", "plan\n", "Answer."],
    ["by another name", "<thinking>plan</thinking>Answer.", "plan", "Answer."],
    ["by Gemini's name", "<thought>plan</thought>Answer.", "plan", "Answer."],
    ["in capitals", "<THINK>plan</Think>Answer.", "plan", "Answer."],
    ["empty", "<think>\n\n</think>\n\nAnswer.", "", "Answer."],
    [
      "several, one behind the other",
      "<think>a</think>\n<think>b</think>\nAnswer.",
      "ab",
      "Answer.",
    ],
    ["not closed", "<think>plan", "plan", ""],
    ["not closed, with half of a tag", "<think>plan</thin", "plan</thin", ""],
    [
      "an opening tag within thinking",
      "<think>a <think> b</think>Answer.",
      "a <think> b",
      "Answer.",
    ],
    ["a closing tag alone", "plan\n</think>\n\nAnswer.", "plan\n", "Answer."],
    ["a closing tag alone in its line's end", "plan.</think>Answer.", "plan.", "Answer."],
    ["a closing tag alone at the end", "plan\n</think>", "plan\n", ""],
    ["a closing tag first", "\n</think>\n\nAnswer.", "", "Answer."],
    ["a second closing tag", "<think>a</think>b</think>c", "a", "b</think>c"],
    ["none", "Answer.", "", "Answer."],
    ["none, white space and less-than", "\n 1 < 2 <th", "", "\n 1 < 2 <th"],
    ["only white space", " \n", "", " \n"],
    ["in the middle", "Use <think>x</think> so.", "", "Use <think>x</think> so."],
    ["in the middle, open", "Then <think>x", "", "Then <think>x"],
    ["quoted", "Close it with `</think>` and go.", "", "Close it with `</think>` and go."],
    ["a word among words", "The </think> tag.", "", "The </think> tag."],
    ["in code", "```\n<think>x\n</think>\n```", "", "```\n<think>x\n</think>\n```"],
    ["another tag", "<thinker>x</thinker>", "", "<thinker>x</thinker>"],
  ])("%s", async (_, text, thinking, answer) => {
    if (text.startsWith("Use <think>")) text = text.replace("x</think> so", "x `</think>` so");
    const read = await readIn(text, units);
    expect(read).toMatchObject({
      thinking,
      text: answer.replace("x</think> so", "x `</think>` so"),
    });
  });
});

it("text that was told before a closing tag is taken back", async () => {
  const { parts, seen } = await read([say("pl"), say("an\n"), say("</think>\nAnswer."), stop]);
  expect(parts).toContainEqual(
    expect.objectContaining({
      type: "reasoning-start",
      providerMetadata: { taskroom: { replacesText: true } },
    }),
  );
  expect(seen).toEqual(["reasoning", "text"]);
});

it("nothing is taken back where nothing was told", async () => {
  const { parts } = await read([say("plan\n</think>\nAnswer."), stop]);
  expect(JSON.stringify(parts)).not.toContain("replacesText");
});

it("thinking in a field leaves the text as it is, but for a tag before it", async () => {
  const answer = await read([think("plan"), say("</think>A.\n"), say("</think>\nB."), stop]);
  expect(answer).toMatchObject({ thinking: "plan", text: "A.\n</think>\nB." });
});

it("tags are words where the model's resource says so", async () => {
  const text = "<think>plan</think>Answer.";
  expect(await read(say(text) + stop, { thinkTags: false })).toMatchObject({ text, thinking: "" });
});

it("words behind a less-than are not held back for long", async () => {
  const { parts } = await read([say("a <"), say("b"), stop]);
  const deltas = parts.flatMap((part) => (part.type === "text-delta" ? [part.delta] : []));
  expect(deltas).toEqual(["a ", "<b"]);
});

it("only thinking: the end says so", async () => {
  expect(await read(say("<think>plan</think>") + stop)).toMatchObject({ seen: ["reasoning"] });
});
