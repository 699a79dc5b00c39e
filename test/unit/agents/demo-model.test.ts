import { describe, expect, it } from "vitest";
import { demoModel } from "../../../src/agents/demo/demo-model";
import { settings } from "../../../src/platform/settings";
import { SYSTEM_TEAMS } from "../../../src/resources/system-teams";
import type { Heard } from "../../support/scripted-model";
import { heardOf, joined, outputsOf, stepFor } from "./step";

const none = settings.parse({});
const model = {
  ...{ ref: "system/demo", provider: "demo" as const, model: "demo" },
  ...{ parameters: {}, contextWindow: 32_000 },
};
const ask = (input: string, attempt = 1) =>
  outputsOf(stepFor(model, { input, attempt }), { settings: none });

describe("the demo model", () => {
  it("thinks, answers in Markdown, quotes the question and says that it is none", async () => {
    const outputs = await ask("/fast Why is the\nsky blue?");
    const text = joined(outputs, "text");
    expect(joined(outputs, "thinking")).not.toBe("");
    expect(text).toContain("demo model");
    expect(text).toContain("> /fast Why is the\n> sky blue?");
    for (const form of [/^## /m, /^- /m, /^```/m, /\p{Extended_Pictographic}/u]) {
      expect(text).toMatch(form);
    }
    expect(outputs.length).toBeGreaterThan(20);
    expect(outputs.at(-1)).toMatchObject({
      type: "finish",
      finishReason: "stop",
      model: "demo",
      usage: { inputTokens: expect.any(Number), reasoningTokens: expect.any(Number) },
    });
  });

  it("says something of its own in each role of the teams that ship", async () => {
    const roles = Object.values(SYSTEM_TEAMS).flatMap((team) =>
      team.members.map(({ role }) => role),
    );
    const texts = await Promise.all(
      roles.map(async (phase) => {
        const step = stepFor(model, { input: "/fast A page", attempt: 1, phase });
        return joined(await outputsOf(step, { settings: none }), "text");
      }),
    );
    expect(new Set(texts).size).toBe(roles.length);
    for (const text of texts) {
      expect(text).toContain("demo model");
      expect(text).toContain("> /fast A page");
    }
  });

  it.each(["exactly this", "  leading,\n\n two  spaces 👩‍🚀 and /fail\n", "漢".repeat(100)])(
    "/echo answers exactly the text: %j",
    async (text) => {
      const outputs = await ask(`/fast /echo ${text}`);
      expect(joined(outputs, "text")).toBe(text);
      expect(joined(outputs, "thinking")).toBe("");
    },
  );

  it.each([
    ["/fast /long", 2000],
    ["/fast /long 37", 37],
    ["please /fast /long 999999999", 20_000],
  ])("%s has %i words", async (input, words) => {
    const outputs = await ask(input);
    expect(joined(outputs, "text").split(/\s+/)).toHaveLength(words);
  });

  it.each(["/reject", "/fail", "/hang"])(
    "an earlier %s that had no answer directs nothing",
    async (earlier) => {
      const context = [{ role: "user" as const, content: earlier }];
      const outputs = await outputsOf(stepFor(model, { input: "/fast /echo well", context }), {
        settings: none,
      });
      expect(joined(outputs, "text")).toBe("well");
    },
  );

  it("/think reasons longer", async () => {
    const [long, short] = [await ask("/fast /think"), await ask("/fast")];
    expect(joined(long, "thinking").length).toBeGreaterThan(3 * joined(short, "thinking").length);
  });

  it.each([
    ["/fail", 1, "model_unavailable", true],
    ["/fail", 3, "model_unavailable", true],
    ["/fail-once", 1, "model_unavailable", true],
    ["/reject", 1, "model_rejected", false],
    ["/echo ", 1, "model_malformed", false],
  ])("%s at attempt %i fails as %s", async (input, attempt, code, retryable) => {
    const outputs = await ask(input, attempt);
    expect(outputs.at(-1)).toMatchObject({ type: "failure", code, retryable });
  });

  it("/fail-once answers at the second attempt", async () => {
    expect((await ask("/fast /fail-once", 2)).at(-1)).toMatchObject({ type: "finish" });
  });

  it("takes a word for a directive only when it stands alone, in the last message", async () => {
    const request = stepFor(model, {
      input: "/fast see https://example.com/fail and /failure",
      context: [
        { role: "user", content: "/fail" },
        { role: "assistant", content: "/reject" },
      ],
    });
    expect((await outputsOf(request, { settings: none })).at(-1)).toMatchObject({ type: "finish" });
  });

  it("pauses between its deltas, longer with /slow", async () => {
    // From the beginning on: the first may be heard late, and the second right behind it.
    const untilSecond = async (input: string) => {
      let heard = 0;
      const beganAt = performance.now();
      const doors = { settings: none, signal: new AbortController().signal };
      for await (const _ of heardOf(stepFor(model, { input }), doors)) {
        if (++heard === 2) break;
      }
      return performance.now() - beganAt;
    };
    expect(await untilSecond("hello")).toBeGreaterThanOrEqual(20);
    expect(await untilSecond("/slow")).toBeGreaterThanOrEqual(280);
  });

  it("/hang says nothing until the first-byte limit", async () => {
    const outputs = await outputsOf(stepFor(model, { input: "/hang" }), {
      settings: settings.parse({ MODEL_FIRST_BYTE_TIMEOUT_MS: 50 }),
    });
    expect(outputs).toEqual([expect.objectContaining({ code: "model_timeout" })]);
  });

  it.each(["/hang", "/slow"])("%s is stopped at once", async (input) => {
    const stop = new AbortController();
    const step = heardOf(stepFor(model, { input }), { settings: none, signal: stop.signal });
    const first: Promise<IteratorResult<Heard, void>> = step.next();
    stop.abort();
    expect(await first).toEqual({ done: true, value: undefined });
  });

  it("stops by itself too, without a pause to be woken from", async () => {
    const stop = new AbortController();
    const model = demoModel("demo", { attempt: 1, input: "/fast" });
    const { stream } = await model.doStream({ prompt: [], abortSignal: stop.signal });
    const reader = stream.getReader();
    await reader.read();
    stop.abort(new Error("stopped"));
    const rest = (async () => {
      while (!(await reader.read()).done);
    })();
    await expect(rest).rejects.toThrow("stopped");
  });
});
