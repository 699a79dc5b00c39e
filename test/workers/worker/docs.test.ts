import { describe, expect, it } from "vitest";
import { asyncApi } from "../../../src/api-docs/asyncapi";
import { openApi } from "../../../src/api-docs/openapi";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { SOCKETS } from "../../../src/api-docs/sockets";
import { ERRORS } from "../../../src/protocol/errors";
import { call } from "./build";

const open = { token: null };
const paths = ["/openapi.json", "/asyncapi.json", "/docs"];

describe.each(paths)("%s", (path) => {
  it("needs no credential, and may be kept for a while", async () => {
    const response = await call(path, open);
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=\d+$/);
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("X-Request-Id")).toMatch(/^req_/);
  });

  it.each([["as it was given"], ["made weak by a proxy"], ["among others"]])(
    "is not sent again to who has it: %s",
    async (how) => {
      const etag = (await call(path, open)).headers.get("ETag") ?? "";
      const known = { "made weak by a proxy": `W/${etag}`, "among others": `"a", ${etag}` }[how];
      const headers = { "If-None-Match": known ?? etag };
      const again = await call(path, { ...open, headers });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      expect(again.headers.get("ETag")).toBe(etag);
    },
  );
});

it.each([
  ["/openapi.json", openApi()],
  ["/asyncapi.json", asyncApi()],
])("%s is the generated document", async (path, document) => {
  const response = await call(path, open);
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
});

describe("the page", async () => {
  const response = await call("/docs", open);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const page = await response.text();
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);

  it("shows every operation, frame and error code", () => {
    const frames = SOCKETS.flatMap(({ commands, events }) => [...commands, ...events]);
    for (const { id } of [...OPERATIONS, ...frames]) expect(ids).toContain(id);
    for (const code of Object.keys(ERRORS)) expect(ids).toContain(`error-${code}`);
  });

  it("has no id twice, and no link that leads nowhere", () => {
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, link = ""]) => link);
    for (const link of links) {
      if (link.startsWith("#")) expect(ids).toContain(link.slice(1));
      else expect(paths).toContain(link);
    }
  });

  it("loads nothing, runs nothing, and its policy allows only its style", async () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|form)\b| (src|style|on\w+)=/);
    const style = page.slice(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it("closes every element that it opens, and escapes what is text", () => {
    const open: string[] = [];
    const body = page.slice(page.indexOf("</style>") + 8);
    for (const [, end, name = ""] of `<html><head>${body}`.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    expect(page).toContain("taskroom.bearer.&lt;token&gt;");
    expect(page).not.toContain("[object Object]");
    expect(page).not.toContain("undefined");
  });

  it("is for everyone: a language, a title, one heading, landmarks, headed tables", () => {
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(page).toContain("<title>Taskroom API</title>");
    expect(page.match(/<h1/g)).toHaveLength(1);
    for (const landmark of [
      "<header>",
      "<nav aria-label=",
      '<main id="content">',
      'class="skip"',
    ]) {
      expect(page).toContain(landmark);
    }
    const tables = page.match(/<table>/g) ?? [];
    expect(page.match(/<thead>/g)).toHaveLength(tables.length);
  });
});
