import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContextRequest, fitContext } from "../../../src/agents/model/context";
import { estimateTokens } from "../../../src/agents/model/tokens";
import type { ContextMessage } from "../../../src/resources/step";

function fitted(changes: Partial<ContextRequest> = {}) {
  return fitContext({
    ...{
      hasTools: true,
      systemPrompt: "System.",
      context: [],
      input: "Input?",
      contextWindow: 8192,
    },
    ...changes,
  });
}

const user = (content: string): ContextMessage => ({ role: "user", content });
const assistant = (content: string): ContextMessage => ({ role: "assistant", content });
const system = (content: string): ContextMessage => ({ role: "system", content });
/** About 100 tokens. */
const block = (name: string) => `${name} ${"word ".repeat(65)}`;

describe("[G2] system text of the conversation", () => {
  const talk = Array.from({ length: 20 }, (_, i) => user(block(`${i}`)));

  it("comes after the ghost's words, in order, wherever it stands", () => {
    const context = [user("a"), system("First."), assistant("b"), system("Second.")];
    expect(fitted({ context, prompt: "The member's." })).toEqual({
      system: "System.\n\nThe member's.\n\nFirst.\n\nSecond.",
      messages: [user("a"), assistant("b"), user("Input?")],
      truncatedContext: 0,
    });
  });

  it("stays where what came after it has no room any more", () => {
    const { system: text, messages } = fitted({
      context: [system("Rhyme."), ...talk],
      contextWindow: 1000,
    });
    expect(text).toBe("System.\n\nRhyme.");
    expect(messages[0]?.content.length).toBeGreaterThan(0);
    expect(JSON.stringify(messages)).toContain("19 word");
    expect(JSON.stringify(messages)).not.toContain("0 word word ");
  });

  it("is shortened where it alone is longer than the window, and counted", () => {
    const { system: text, truncatedContext } = fitted({
      context: [system("Short."), system(block("long").repeat(30)), system("Lost."), user("a")],
      contextWindow: 1000,
    });
    expect(text).toMatch(/^System\.\n\nShort\.\n\nlong word.*\n\[…\]$/su);
    expect(text).not.toContain("Lost.");
    expect(truncatedContext).toBe(3);
  });
});

describe("the context", () => {
  it("that fits is passed on whole, the input last", () => {
    expect(fitted({ context: [user("a"), assistant("b")] })).toEqual({
      system: "System.",
      messages: [user("a"), assistant("b"), user("Input?")],
      truncatedContext: 0,
    });
  });

  it("keeps the newest and counts the older ones that it left out", () => {
    const context = [
      user(block("1")),
      assistant(block("2")),
      user(block("3")),
      assistant(block("4")),
    ];
    const { messages, truncatedContext } = fitted({ context, contextWindow: 340 });
    expect(messages.map(({ content }) => content.slice(0, 2))).toEqual(["3 ", "4 ", "In"]);
    expect(truncatedContext).toBe(2);
  });

  it("has no gap: nothing older than the first that did not fit is taken", () => {
    const context = [user("tiny"), assistant(block("x").repeat(9)), user(block("3"))];
    const { messages, truncatedContext } = fitted({ context, contextWindow: 340 });
    expect(JSON.stringify(messages)).not.toContain("tiny");
    expect(truncatedContext).toBe(2);
  });

  it("shortens the newest message rather than lose it all", () => {
    const { messages, truncatedContext } = fitted({
      context: [user("old"), assistant("😀".repeat(5000))],
      contextWindow: 600,
    });
    expect(truncatedContext).toBe(2);
    expect(messages[0]?.content).toMatch(
      /^Written earlier by an assistant:\n\n(😀)+\n\[…\]\n\nInput\?$/u,
    );
  });

  it("leaves room for the answer: what was asked for, at most half of the window", () => {
    const context = Array.from({ length: 20 }, (_, i) => user(block(`${i}`)));
    const cut = (maxOutputTokens?: number) =>
      fitted({ context, contextWindow: 2000, maxOutputTokens }).truncatedContext;
    expect(cut(100)).toBeLessThan(cut(900));
    expect(cut(900)).toBeLessThanOrEqual(cut(1_000_000));
    expect(cut(1_000_000)).toBeLessThan(20);
    expect(cut()).toBe(cut(500));
  });

  it("always holds the input whole, even where nothing fits", () => {
    const input = "input ".repeat(1000);
    const { messages, truncatedContext } = fitted({
      context: [user("a")],
      input,
      contextWindow: 256,
    });
    expect(messages).toEqual([user(input)]);
    expect(truncatedContext).toBe(1);
  });

  it("puts the member's instruction and notes from the room beside the ghost's prompt", () => {
    const { system: text, messages } = fitted({
      prompt: "Plan.",
      context: [system("Note."), user("a")],
    });
    expect(text).toBe("System.\n\nPlan.\n\nNote.");
    expect(messages).toEqual([user("a\n\nInput?")]);
  });

  it("is one message where a role speaks twice in a row", () => {
    expect(
      fitted({ context: [user("a"), user("b"), assistant("c"), assistant("d")] }).messages,
    ).toEqual([user("a\n\nb"), assistant("c\n\nd"), user("Input?")]);
  });

  it("opens with a user's message: what earlier phases wrote is quoted to the model", () => {
    const { messages } = fitted({ context: [assistant("## research\n\nFacts")] });
    expect(messages).toEqual([
      user("Written earlier by an assistant:\n\n## research\n\nFacts\n\nInput?"),
    ]);
  });

  it("has no empty message: some providers refuse them", () => {
    expect(fitted({ context: [user("a"), assistant(" ")] }).messages).toEqual([
      user("a\n\nInput?"),
    ]);
  });
});

const message = fc.record({
  role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
  content: fc.string({ unit: "binary", maxLength: 600 }),
});

it("whatever the history: alternating, well formed, input last, within the window when the input is", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.integer({ min: 256, max: 2000 }),
      (context, contextWindow) => {
        const { system: text, messages, truncatedContext } = fitted({ context, contextWindow });
        expect(messages[0]?.role).toBe("user");
        expect(messages.at(-1)?.content.endsWith("Input?")).toBe(true);
        for (const [i, { role, content }] of messages.entries()) {
          expect(role).not.toBe(messages[i + 1]?.role);
          expect(content.isWellFormed()).toBe(true);
        }
        expect(truncatedContext).toBeLessThanOrEqual(context.length);
        const whole = text + messages.map(({ content }) => content).join("");
        expect(estimateTokens(whole)).toBeLessThanOrEqual(contextWindow);
      },
    ),
  );
});

it.each([
  [
    "English prose of some length",
    "The quick brown fox jumps over the lazy dog. ".repeat(20),
    200,
    300,
  ],
  ["Chinese", "我们在这里测试一个句子".repeat(10), 100, 120],
  ["emoji", "👩‍🚀🎉".repeat(10), 50, 80],
  ["nothing", "", 0, 0],
])("a guess of tokens is cautious: %s", (_, text, least, most) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(least);
  expect(estimateTokens(text)).toBeLessThanOrEqual(most);
});
