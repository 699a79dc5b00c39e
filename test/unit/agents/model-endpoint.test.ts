import { describe, expect, it } from "vitest";
import { endpointOf, type ModelCall } from "../../../src/resources/model-endpoint";

describe("the address of chat completions", () => {
  const v1 = "https://h.test/v1/chat/completions";
  it.each([
    ["https://h.test/v1", [v1]],
    ["https://h.test/v1/", [v1]],
    ["https://h.test/v1//", [v1]],
    ["https://h.test/v1#x", [v1]],
    ["https://h.test/v1/chat/completions", [v1]],
    ["https://h.test/v1/chat/completions/", [v1]],
    ["https://h.test/v1?key=a", [`${v1}?key=a`]],
    ["https://h.test/v1/chat/completions?key=a#x", [`${v1}?key=a`]],
    ["https://h.test/api/paas/v4", ["https://h.test/api/paas/v4/chat/completions"]],
    ["https://h.test/v1beta/openai/", ["https://h.test/v1beta/openai/chat/completions"]],
    ["https://h.test", ["https://h.test/chat/completions", v1]],
    ["https://h.test/", ["https://h.test/chat/completions", v1]],
    [
      "https://h.test/api?a=b",
      ["https://h.test/api/chat/completions?a=b", "https://h.test/api/v1/chat/completions?a=b"],
    ],
  ])("%s", (baseUrl, urls) => {
    expect(endpointOf(baseUrl)).toEqual({ ok: true, urls });
  });

  it("has the query of the address and of the resource", () => {
    expect(endpointOf("https://h.test/v1?a=1&b=2", { b: "3", c: "ä" })).toEqual({
      ok: true,
      urls: [`${v1}?a=1&b=3&c=%C3%A4`],
    });
  });

  it.each(["completions", "responses", "messages", "embeddings", "models"])(
    "is not that of /v1/%s: the form that is wanted is named",
    (call) => {
      const endpoint = endpointOf(`https://h.test/v1/${call}`);
      expect(endpoint).toMatchObject({ ok: false, reason: expect.stringContaining("/v1") });
    },
  );

  it("is none where there is no URL", () => {
    expect(endpointOf("h.test/v1")).toMatchObject({ ok: false });
  });
});

describe("the address of another provider's call", () => {
  it.each<[string, ModelCall, string[]]>([
    ["https://h.test/v1/", "/responses", ["https://h.test/v1/responses"]],
    ["https://h.test/v1?v=preview", "/responses", ["https://h.test/v1/responses?v=preview"]],
    ["https://h.test/v1/responses#x", "/responses", ["https://h.test/v1/responses"]],
    ["https://h.test", "/responses", ["https://h.test/responses", "https://h.test/v1/responses"]],
    ["https://h.test/v1", "/messages", ["https://h.test/v1/messages"]],
    ["https://h.test/v1/messages", "/messages", ["https://h.test/v1/messages"]],
    [
      "https://h.test/anthropic",
      "/messages",
      ["https://h.test/anthropic/v1/messages", "https://h.test/anthropic/messages"],
    ],
  ])("%s for %s", (baseUrl, call, urls) => {
    expect(endpointOf(baseUrl, {}, call)).toEqual({ ok: true, urls });
  });

  it("is not that of chat completions", () => {
    const endpoint = endpointOf("https://h.test/v1/chat/completions", {}, "/messages");
    expect(endpoint).toMatchObject({ ok: false, reason: expect.stringContaining("/messages") });
  });
});
