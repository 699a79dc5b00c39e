import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Action, done, finish, gate, hang, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import type { Heard } from "../../support/scripted-model";
import { heardOf, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

describe("a step that is aborted", () => {
  it("before the provider answers ends without output and closes the connection", async () => {
    const n = server.requests.length + 1;
    server.script([hang]);
    const stop = new AbortController();
    const outputs = outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
      signal: stop.signal,
    });
    const { aborted } = await server.request(n);
    stop.abort();
    expect(await outputs).toEqual([]);
    await aborted;
  });

  it("in mid-stream yields nothing more and closes the connection", async () => {
    const n = server.requests.length + 1;
    server.script([text("a"), { do: "pause", ms: 50 }, text("b"), hang]);
    const stop = new AbortController();
    const outputs: Heard[] = [];
    const doors = { settings: settingsFor(server.url), signal: stop.signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      outputs.push(output);
      stop.abort();
    }
    expect(outputs).toEqual([{ type: "text", delta: "a" }]);
    await (await server.request(n)).aborted;
  });

  it("ends although the provider goes on writing", async () => {
    const flood = Array<Action>(2000).fill(text("more "));
    server.script([text("a"), ...flood, hang]);
    const stop = new AbortController();
    const outputs: Heard[] = [];
    const doors = { settings: settingsFor(server.url), signal: stop.signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      outputs.push(output);
      if (outputs.length === 3) stop.abort();
    }
    expect(outputs).toHaveLength(3);
  });

  it("between two outputs of the same part does not finish", async () => {
    server.script([text("a\ud83d"), finish(), done]);
    const stop = new AbortController();
    const outputs: Heard[] = [];
    const doors = { settings: settingsFor(server.url), signal: stop.signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      outputs.push(output);
      if (outputs.length === 2) stop.abort();
    }
    expect(outputs.at(-1)).toEqual({ type: "text", delta: "\ufffd" });
  });

  it("before it begins calls nobody", async () => {
    const before = server.requests.length;
    const outputs = await outputsOf(stepFor(modelAt(server.url)), {
      settings: settingsFor(server.url),
      signal: AbortSignal.abort(),
    });
    expect(outputs).toEqual([]);
    expect(server.requests.length).toBe(before);
  });

  it("ends although the provider ignores the abort", async () => {
    const asked = gate();
    // A binding whose run() neither heeds its signal nor ever settles.
    const deaf = {
      run: () => {
        asked.reach();
        return new Promise(() => {});
      },
    } as unknown as Ai;
    const stop = new AbortController();
    const model = modelAt(server.url, { provider: "workers-ai", model: "@cf/deaf" });
    const outputs = outputsOf(stepFor(model), {
      settings: settingsFor(server.url),
      signal: stop.signal,
      ai: deaf,
    });
    await asked.reached;
    stop.abort();
    expect(await outputs).toEqual([]);
  });

  it("is let go by a reader that stops reading", async () => {
    const n = server.requests.length + 1;
    const later = gate();
    server.script([text("a"), wait(later)]);
    const doors = { settings: settingsFor(server.url), signal: new AbortController().signal };
    for await (const output of heardOf(stepFor(modelAt(server.url)), doors)) {
      expect(output).toEqual({ type: "text", delta: "a" });
      break;
    }
    await (await server.request(n)).aborted;
  });
});
