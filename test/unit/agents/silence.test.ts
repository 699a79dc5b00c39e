import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answer,
  finish,
  gate,
  hang,
  text,
  thinking,
  usage,
  wait,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type { Heard } from "../../support/scripted-model";
import { heardOf, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const LONG = 60_000;
/** Long enough for a request to arrive, on a machine under load too. */
const SHORT = 1000;
/** Long enough for a machine under load to keep within it. */
const AMPLE = 3000;
const timeout = { type: "failure", code: "model_timeout", retryable: true };

function limits(firstByte: number, stall: number) {
  return settingsFor(server.url, {
    MODEL_FIRST_BYTE_TIMEOUT_MS: firstByte,
    MODEL_STALL_TIMEOUT_MS: stall,
  });
}

describe("a silent provider", () => {
  it.each([
    ["without headers", [hang]],
    ["after its headers", [{ do: "headers" as const }, hang]],
  ])("%s fails at the first-byte limit, its request aborted", async (_, script) => {
    const n = server.requests.length + 1;
    server.script(script);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: limits(SHORT, LONG),
    });
    expect(outputs).toEqual([expect.objectContaining(timeout)]);
    await (await server.request(n)).aborted;
  });

  it.each([
    ["a role alone", text(""), 1],
    ["text", text("Hel"), 2],
    ["thinking", thinking("hm"), 2],
  ])("that stalls after %s fails at the stall limit, its request aborted", async (_, part, n) => {
    const at = server.requests.length + 1;
    server.script([part, hang]);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: limits(LONG, SHORT),
    });
    expect(outputs).toHaveLength(n);
    expect(outputs.at(-1)).toMatchObject(timeout);
    await (await server.request(at)).aborted;
  });

  it("fails with what it had told of its cost until then", async () => {
    server.script([text("Hi"), usage(3, 2), hang]);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: limits(LONG, SHORT),
    });
    const counted = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    expect(outputs.at(-1)).toMatchObject({ ...timeout, usage: counted });
  });

  it("is judged by its Model's own limits, and its failure says where they are set", async () => {
    server.script([hang]);
    const model = modelAt(server.url, { limits: { firstByteMs: SHORT } });
    const outputs = await outputsOf(stepFor(model), { settings: limits(LONG, LONG) });
    expect(outputs).toEqual([expect.objectContaining(timeout)]);
    expect(outputs[0]).toMatchObject({ message: expect.stringContaining("limits.firstByteMs") });
  });

  it("is not one that thinks: reasoning ends the wait for the first byte", async () => {
    const thought = gate();
    server.script([thinking("hm"), wait(thought), ...answer("ok")]);
    const outputs: Heard[] = [];
    const doors = { settings: limits(AMPLE, LONG), signal: new AbortController().signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      outputs.push(output);
      // Opens only after the first-byte limit would have struck.
      if (output.type === "thinking") setTimeout(thought.open, 1.5 * AMPLE);
    }
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("is not one that is slow but steady: each part starts the stall limit anew", async () => {
    const pause = { do: "pause" as const, ms: AMPLE / 4 };
    const steady = ["a", "b", "c", "d", "e"].flatMap((word) => [pause, text(word)]);
    server.script([...steady, finish()]);
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: limits(LONG, AMPLE),
    });
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });

  it("is not one whose reader is slow", async () => {
    server.script([text("a"), ...answer("b")]);
    const outputs: Heard[] = [];
    const doors = { settings: limits(LONG, AMPLE), signal: new AbortController().signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      outputs.push(output);
      if (outputs.length === 1) await new Promise((resolve) => setTimeout(resolve, 1.5 * AMPLE));
    }
    expect(outputs.at(-1)).toMatchObject({ type: "finish" });
  });
});
