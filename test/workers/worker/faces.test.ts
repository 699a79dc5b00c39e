import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../../src/protocol/limits";
import { appWith } from "../../../src/worker/app";
import { headOf } from "../../../src/worker/problem";
import { rest } from "../../../src/worker/rest/face";
import { served } from "../../../src/worker/serving/face";
import { Answer } from "../../../src/worker/serving/handler";
import { MADE_UP } from "../../support/made-up-face";
import { environment, ORIGIN, secondsFromNow, token } from "./build";

const madeUp = served(MADE_UP, {
  errorsAs(refused) {
    const { code: kind, message: words } = refused.refusal;
    return Response.json({ oops: { kind, words } }, headOf(refused));
  },
  handlers: {
    things: {
      list: ({ query }) => ({ limit: query.limit ?? null }),
      read: ({ params }) => {
        if (params.thing === "a/broken") throw new Error("a secret");
        return { thing: params.thing };
      },
      run: ({ params, body, principal }) => {
        const words = [params.thing, params.run, String(body.text.length), principal.userId];
        const { readable, writable } = new IdentityTransformStream();
        const writer = writable.getWriter();
        void writer.write(new TextEncoder().encode(words.join(" "))).then(() => writer.close());
        return new Response(readable, { headers: { "Content-Type": "text/event-stream" } });
      },
      card: ({ principal }) =>
        new Answer({ principal: principal ?? null }, { headers: { ETag: "x" } }),
      elsewhere: () => undefined,
    },
  },
});
const app = appWith([], { rest, madeUp });

type Ask = { method?: string; token?: string; body?: string; headers?: object; env?: object };

async function ask(path: string, options: Ask = {}): Promise<Response> {
  const { method = "GET", body = null, headers = {}, env = {} } = options;
  const Authorization = `Bearer ${options.token ?? (await token())}`;
  const init = { method, body, headers: { Authorization, ...headers } };
  return app.fetch(
    new Request(ORIGIN + path, init),
    environment({ ...env }),
    createExecutionContext(),
  );
}

const RUN = "/made-up/things/a/b/run/1";
const full = { limit: async () => ({ success: false }) };

describe("whatever refuses a request below a face's paths says so in the face's form", () => {
  it.each<[string, string, Ask, number, string]>([
    ["no credential that holds", "/made-up/things", { token: "x" }, 401, "unauthorized"],
    ["a scope that is too small", RUN, { method: "POST", body: '{"text":"a"}' }, 403, "forbidden"],
    ["too many requests", "/made-up/things", { env: { RATE_LIMIT: full } }, 429, "rate_limited"],
    ["a query", "/made-up/things?limit=x", {}, 400, "invalid_request"],
    ["an unknown name in the query", "/made-up/things?a=b", {}, 400, "invalid_request"],
    ["a path", "/made-up/things/a", {}, 404, "not_found"],
    ["nothing there", "/made-up/nothing", {}, 404, "not_found"],
    [
      "nothing there, to a person's browser",
      "/made-up/no",
      { headers: { Accept: "text/html" } },
      404,
      "not_found",
    ],
    ["a slash too many", "/made-up/card/", { headers: { Accept: "text/html" } }, 404, "not_found"],
    ["a stranger where nothing is", "/made-up/nothing", { token: "x" }, 401, "unauthorized"],
    ["a small scope where nothing is", "/made-up/no", { method: "POST" }, 403, "forbidden"],
    ["a fault of ours", "/made-up/things/a/broken", {}, 500, "internal"],
    ["a face's path elsewhere", "/made-up-elsewhere", {}, 403, "forbidden"],
  ])("%s", async (_why, path, options, status, kind) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await ask(path, { token: await token({ scope: "read" }), ...options });
    log.mockRestore();
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([
      status,
      "application/json",
    ]);
    const json = await answer.json();
    expect(json).toMatchObject({ oops: { kind, words: expect.any(String) } });
    expect(JSON.stringify(json)).not.toContain("secret");
    expect(answer.headers.get("WWW-Authenticate") !== null).toBe([401, 403].includes(status));
    expect(answer.headers.get("Retry-After") !== null).toBe(status === 429);
    expect(answer.headers.get("X-Request-Id")).toMatch(/^req_/);
  });

  it.each([
    ["nothing", "{}"],
    ["no JSON", "{"],
    ["something unknown", '{"text":"a","b":1}'],
  ])("a body that is %s", async (_what, body) => {
    const answer = await ask(RUN, { method: "POST", body });
    expect([answer.status, await answer.json()]).toMatchObject([400, { oops: {} }]);
  });

  it("a method that the path does not take, with what it takes", async () => {
    const answer = await ask("/made-up/things", { method: "PUT" });
    expect([answer.status, answer.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(await answer.json()).toMatchObject({ oops: { kind: "invalid_request" } });
  });

  it("and elsewhere everything is as it was", async () => {
    for (const path of ["/api/v1/nothing", "/made-upon", "/elsewhere"]) {
      const answer = await ask(path);
      expect(answer.headers.get("Content-Type"), path).toBe("application/problem+json");
    }
  });
});

describe("a face's operations", () => {
  it("answer pages of the origins that are let in", async () => {
    const env = { ALLOWED_ORIGINS: "https://app.test" };
    const headers = { Origin: "https://app.test" };
    for (const path of ["/made-up/things", "/made-up/nothing", "/made-up/card"]) {
      const { headers: answered } = await ask(path, { headers, env });
      expect(answered.get("Access-Control-Allow-Origin"), path).toBe("https://app.test");
    }
    const asked = { ...headers, "Access-Control-Request-Method": "POST" };
    const preflight = await ask(RUN, { method: "OPTIONS", headers: asked, env, token: "x" });
    expect([preflight.status, preflight.headers.get("Access-Control-Allow-Origin")]).toEqual([
      204,
      "https://app.test",
    ]);
  });

  it("may be open below paths that are not", async () => {
    const answer = await ask("/made-up/card", { token: "x" });
    expect([answer.status, await answer.json()]).toEqual([200, { principal: null }]);
    expect(answer.headers.get("ETag")).toBe("x");
  });

  it.each(["a/b", "a%2Fb", "a%2fb"])(
    "find a name with a slash as it is written: %s",
    async (name) => {
      const answer = await ask(`/made-up/things/${name}`);
      expect([answer.status, await answer.json()]).toEqual([200, { thing: "a/b" }]);
      const run = await ask(`/made-up/things/${name}/run/x%2Fy`, {
        method: "POST",
        body: '{"text":"go"}',
      });
      expect(await run.text()).toBe("a/b x/y 2 alice");
    },
  );

  it("answer with what they like, streams among it", async () => {
    const answer = await ask(RUN, { method: "POST", body: '{"text":"go"}' });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
    expect(answer.headers.get("RateLimit-Policy")).toContain("user");
    expect(await answer.text()).toBe("a/b 1 2 alice");
  });

  it("take bodies as large as each says", async () => {
    const bytes = MADE_UP.groups.things.run.bodyBytes;
    const fits = JSON.stringify({ text: "x".repeat(bytes - 11) });
    expect(fits.length).toBe(bytes);
    expect(bytes).toBeGreaterThan(LIMITS.bodyBytes);
    const answer = await ask(RUN, { method: "POST", body: fits });
    expect(await answer.text()).toBe(`a/b 1 ${bytes - 11} alice`);
    const refused = await ask(RUN, { method: "POST", body: `${fits} ` });
    expect([refused.status, await refused.json()]).toEqual([
      413,
      { oops: { kind: "payload_too_large", words: `The body is larger than ${bytes} bytes` } },
    ]);
  });

  it("take less than that beside the long texts that files come as", async () => {
    const { besideTexts } = MADE_UP.groups.things.run;
    const long = "x".repeat(LIMITS.longTextUnits + 1);
    const [small, large] = [10, besideTexts].map((ones) =>
      JSON.stringify({ text: long, more: Array.from({ length: ones }, () => 1) }),
    );
    const [read, refused] = await Promise.all(
      [small, large].map((body) => ask(RUN, { method: "POST", body: body ?? "" })),
    );
    // What is read is looked at by the schema.
    expect(read?.status).toBe(400);
    expect([refused?.status, await refused?.json()]).toMatchObject([
      413,
      { oops: { words: `The body without its files is larger than ${besideTexts} bytes` } },
    ]);
  });

  it("have their scope, wherever they are", async () => {
    const admin = await token({ scope: "admin", exp: secondsFromNow(60) });
    expect((await ask("/made-up-elsewhere", { token: admin })).status).toBe(204);
  });
});
