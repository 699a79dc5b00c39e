import { describe, expect, inject, it } from "vitest";
import { docsFiles } from "../../src/api-docs/files";
import type {} from "../support/shared-servers";

const { url } = inject("shared").production;
const files = await docsFiles();

describe.each(files.map((file) => [file.path, file] as const))("%s", (path, file) => {
  it("needs no credential, and is the rendered file with its own headers alone", async () => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(file.text);
    const seen = Object.keys(file.headers).map((name) => [name, response.headers.get(name)]);
    expect(Object.fromEntries(seen)).toEqual(file.headers);
    const policy = file.headers["Content-Security-Policy"] ?? null;
    expect(response.headers.get("Content-Security-Policy")).toBe(policy);
  });

  it("tells of itself without its text", async () => {
    const response = await fetch(`${url}${path}`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("Content-Type")).toBe(file.headers["Content-Type"]);
  });

  it.each([
    ["as it was given", (etag: string) => etag],
    ["made weak by a proxy", (etag: string) => `W/${etag.replace("W/", "")}`],
  ])("is not sent again to who has it: %s", async (_how, known) => {
    const etag = (await fetch(`${url}${path}`)).headers.get("ETag") ?? "";
    const headers = { "If-None-Match": known(etag) };
    const again = await fetch(`${url}${path}`, { headers });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });
});
