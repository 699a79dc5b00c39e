import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig } from "../../../src/resources/agent";
import { type Script, status } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { CLAUDE, GPT } from "./sdk-wire";
import { modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

describe("a provider is found by every form of its address", () => {
  const root = () => server.url.replace(/\/v1$/, "");

  it.each<[string, Partial<ModelConfig>, string, string]>([
    ["a version and a slash", GPT, "/v1/", "/v1/responses"],
    ["a query", GPT, "/openai/v1?api-version=preview", "/openai/v1/responses?api-version=preview"],
    ["the call itself", GPT, "/v1/responses", "/v1/responses"],
    ["no version", CLAUDE, "/anthropic", "/anthropic/v1/messages"],
    ["a version", CLAUDE, "/v1#x", "/v1/messages"],
  ])("with %s", async (_, model, given, asked) => {
    const { path } = await asking({ ...model, baseUrl: root() + given });
    expect(path).toBe(asked);
  });

  it("also where the first that may be meant does not exist", async () => {
    const { path } = await asking({ ...CLAUDE, baseUrl: `${root()}/proxy` }, status(404));
    expect(path).toBe("/proxy/messages");
  });

  it("and the address of another call is refused before anything is sent", async () => {
    const before = server.requests.length;
    const model = modelAt(`${root()}/v1/chat/completions`, CLAUDE);
    const outputs = await outputsOf(stepFor(model), {
      settings: settingsFor(`${root()}/v1/chat/completions`),
    });
    expect(outputs.at(-1)).toMatchObject({ code: "model_rejected" });
    expect(server.requests).toHaveLength(before);
  });

  /** The last request of a call that is refused for its key. */
  async function asking(model: Partial<ModelConfig>, ...first: Script[]) {
    server.script(...first, status(401));
    const url = model.baseUrl ?? "";
    await outputsOf(stepFor(modelAt(url, model)), { settings: settingsFor(url) });
    return server.requests.at(-1) ?? { path: "none" };
  }
});
