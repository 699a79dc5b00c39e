import { describe, expect, it } from "vitest";
import { call, codeOf, TASK } from "./build";

const HTML = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("a path that is none", () => {
  it.each([
    ["GET", "/api"],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/"],
    ["GET", "/api/v2/tasks"],
    ["POST", "/api/v1/tasks/"],
    ["POST", "/api/v1/nope"],
    ["GET", `/api/v1/tasks/${TASK}/nope`],
    ["GET", "/api/v1/tasks/%E0%A4%A"],
    ["GET", "/v1/tasks"],
    ["POST", "/v1/chat/completions"],
    ["GET", "/.well-known/nothing.json"],
    ["GET", "/elsewhere"],
    ["HEAD", "/elsewhere"],
    ["POST", "/tasks/x"],
    ["OPTIONS", "/elsewhere"],
  ])("%s %s is a problem, for a browser's page too", async (method, path) => {
    for (const headers of [{}, { Accept: "*/*" }, { Accept: "application/json" }, HTML]) {
      if (headers === HTML && path === "/elsewhere" && method !== "OPTIONS") continue;
      const response = await call(path, { method, headers });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe("application/problem+json");
      if (method !== "HEAD") expect(await codeOf(response)).toBe("not_found");
    }
  });

  it.each(["/tasks/x", "/resources/teams/system/assistant", "/nowhere", "/a.b/c@d.e"])(
    "%s is the console's where a person goes there",
    async (path) => {
      const home = await (await call("/", { token: null, headers: HTML })).text();
      const response = await call(path, { token: null, headers: HTML });
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toContain("text/html");
      expect(response.headers.get("Vary")).toContain("Accept");
      expect(await response.text()).toBe(home);
      expect(home).toContain("<html");
    },
  );

  it.each(["/api/v1/nope", "/v1/models", "/.well-known/x", "/assets/gone.js", "/v2"])(
    "%s is nobody's page",
    async (path) => {
      expect((await call(path, { headers: HTML })).status).toBe(404);
    },
  );
});

describe("a path that is known, by another method", () => {
  it.each([
    ["PUT", "/api/v1/tasks", "GET, HEAD, POST, OPTIONS"],
    ["DELETE", "/api/v1/tasks", "GET, HEAD, POST, OPTIONS"],
    ["GET", `/api/v1/tasks/${TASK}/execute`, "POST, OPTIONS"],
    ["POST", `/api/v1/tasks/${TASK}`, "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["PATCH", "/api/v1/teams/system/assistant", "GET, HEAD, PUT, DELETE, OPTIONS"],
    ["PROPFIND", "/api/v1/tasks", "GET, HEAD, POST, OPTIONS"],
    ["POST", "/healthz", "GET, HEAD, OPTIONS"],
    ["DELETE", "/openapi.json", "GET, HEAD, OPTIONS"],
    ["GET", "/api/v1/notifications/ack", "POST, OPTIONS"],
  ])("%s %s: 405 that names what it takes", async (method, path, allowed) => {
    const response = await call(path, { method, headers: HTML });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, allowed]);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      status: 405,
      code: "invalid_request",
      issues: [{ path: "method", message: `this path takes ${allowed}` }],
    });
  });

  it("is asked for with OPTIONS, by anybody", async () => {
    const response = await call("/api/v1/tasks", { method: "OPTIONS", token: null });
    expect([response.status, response.headers.get("Allow")]).toEqual([
      204,
      "GET, HEAD, POST, OPTIONS",
    ]);
  });

  it.each(["/healthz", "/openapi.json", "/api/v1/tasks"])(
    "HEAD %s answers as GET does, without a body",
    async (path) => {
      const [get, head] = [await call(path), await call(path, { method: "HEAD" })];
      expect(head.status).toBe(get.status);
      expect(head.headers.get("Content-Type")).toBe(get.headers.get("Content-Type"));
      expect(await head.text()).toBe("");
    },
  );
});

describe("a slash too many at the end", () => {
  it.each([
    ["/docs/?a=b", "/docs?a=b"],
    ["/healthz/", "/healthz"],
  ])("leads on where a page or a text is: %s", async (path, to) => {
    const response = await call(path, { headers: HTML });
    expect([response.status, response.headers.get("Location")]).toEqual([308, to]);
  });

  it.each(["GET", "POST"])("is named in the API: %s", async (method) => {
    const response = await call("/api/v1/tasks/", { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: "not_found",
      detail: expect.stringContaining("without the slash"),
    });
  });

  it("never leads to another host", async () => {
    for (const path of ["//evil.test/", "//evil.test/docs/", "/\\evil.test/"]) {
      const response = await call(path, { headers: {} });
      expect([response.status, response.headers.get("Location")]).toEqual([404, null]);
    }
  });
});
