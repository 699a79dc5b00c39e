import { describe, expect, it } from "vitest";
import { docsFiles, headerRules } from "../../../src/api-docs/files";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { SOCKETS } from "../../../src/api-docs/sockets";
import { ERRORS } from "../../../src/protocol/errors";

const files = await docsFiles();
const paths = files.map(({ path }) => path);

it("what stands in the headers for all paths gives way to a file's own", () => {
  const one = { path: "/a", file: "a.html", text: "", headers: { Vary: "Origin" } };
  expect(headerRules([one, { ...one, path: "/b" }])).toBe(
    `/a
  ! Content-Security-Policy
  ! Vary
  Vary: Origin

/b
  ! Content-Security-Policy
  ! Vary
  Vary: Origin
`,
  );
});

describe("the page", () => {
  const { text: page = "", headers } = files.find(({ path }) => path === "/docs") ?? {};
  const policy = headers?.["Content-Security-Policy"];
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
