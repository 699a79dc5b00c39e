import { beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { call, newTask, newUser } from "../../support/room-client";
import { fetched, inBucket, PNG, refusalOf, stored, textOf } from "./uploads";

let alice: string;

beforeEach(() => {
  alice = newUser();
});

describe("[FL4] a file is served so that no page runs it", () => {
  it.each([
    ["text/plain", "text/plain", "attachment"],
    ["text/html", "application/octet-stream", "attachment"],
    ["image/svg+xml", "application/octet-stream", "attachment"],
    ["application/xhtml+xml", "application/octet-stream", "attachment"],
    ["text/javascript", "application/octet-stream", "attachment"],
    ["video/mp4", "video/mp4", "inline"],
    ["audio/mpeg", "audio/mpeg", "inline"],
  ])("%s is %s, %s", async (type, served, kind) => {
    const { id } = await stored(alice, textOf("<svg onload=alert(1)>"), { type });
    for (const [query, expected] of [
      ["", "attachment"],
      ["?inline=0", "attachment"],
      ["?inline=1", kind],
    ]) {
      const { headers } = await fetched(alice, id, { query });
      expect(headers.get("Content-Type")).toBe(served);
      expect(headers.get("Content-Disposition")).toMatch(new RegExp(`^${expected}; filename=`));
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'");
      expect(headers.get("Cache-Control")).toContain("private");
    }
    expect((await fetched(alice, id, { query: "?inline=yes" })).status).toBe(400);
  });
});

describe("a reader asks for", () => {
  const TEXT = "0123456789";
  it.each([
    ["all of it", {}, 200, TEXT, null],
    ["a part", { Range: "bytes=2-4" }, 206, "234", "bytes 2-4/10"],
    ["the rest", { Range: "bytes=7-" }, 206, "789", "bytes 7-9/10"],
    ["the end", { Range: "bytes=-3" }, 206, "789", "bytes 7-9/10"],
    ["more than there is", { Range: "bytes=8-99" }, 206, "89", "bytes 8-9/10"],
    ["several parts, which are not divided", { Range: "bytes=0-1,3-4" }, 200, TEXT, null],
    ["another unit", { Range: "lines=1-2" }, 200, TEXT, null],
    ["a part of another version", { Range: "bytes=2-4", "If-Range": '"x"' }, 200, TEXT, null],
  ])("%s", async (_, headers: Record<string, string>, status, text, range) => {
    const { id } = await stored(alice, textOf(TEXT));
    const response = await fetched(alice, id, { headers });
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Range")).toBe(range);
    expect(response.headers.get("Content-Length")).toBe(String(text.length));
    expect(await response.text()).toBe(text);
  });

  it("what lies beyond it, and is told how much there is", async () => {
    const { id } = await stored(alice, textOf(TEXT));
    const response = await fetched(alice, id, { headers: { Range: "bytes=10-" } });
    expect(response.headers.get("Content-Range")).toBe("bytes */10");
    expect(await refusalOf(response)).toEqual({
      ...{ status: 416, code: "invalid_request" },
      paths: ["Range"],
    });
  });

  it("what it has already, or a part if that is the same", async () => {
    const { id } = await stored(alice, textOf(TEXT));
    const etag = (await fetched(alice, id)).headers.get("ETag") ?? "";
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const response = await fetched(alice, id, { headers: { "If-None-Match": known } });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
      expect(response.headers.get("ETag")).toBe(etag);
    }
    const other = await fetched(alice, id, { headers: { "If-None-Match": '"x"' } });
    expect(other.status).toBe(200);
    const part = await fetched(alice, id, { headers: { Range: "bytes=0-0", "If-Range": etag } });
    expect(await part.text()).toBe("0");
  });

  it("its head alone", async () => {
    const { id } = await stored(alice, PNG, { type: "image/png", name: "a ü.png" });
    const head = await fetched(alice, id, { method: "HEAD", query: "?inline=1" });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
    expect(Object.fromEntries(head.headers)).toMatchObject({
      "content-length": String(PNG.byteLength),
      "content-type": "image/png",
      "content-disposition": `inline; filename="a _.png"; filename*=UTF-8''a%20%C3%BC.png`,
      "accept-ranges": "bytes",
    });
  });
});

describe("[FL3] a file may be read by", () => {
  it("whoever stored it; for others it is not there", async () => {
    const bob = newUser();
    const { id } = await stored(alice);
    expect((await fetched(alice, id)).status).toBe(200);
    expect((await fetched(bob, id)).status).toBe(404);
    expect((await call(bob, "DELETE", `/files/${id}`)).status).toBe(404);
    expect((await fetched(alice, newId("file", Date.now()))).status).toBe(404);
    expect((await fetched(alice, "file_x")).status).toBe(404);
    const key = await call({ sub: alice, scope: "read" }, "DELETE", `/files/${id}`);
    expect(key.status).toBe(403);
    expect((await call({ sub: alice, scope: "read" }, "GET", `/files/${id}`)).status).toBe(200);
    expect((await call({ sub: alice, scope: "read" }, "POST", "/files")).status).toBe(403);
  });

  it("the members of a task that carries it, as long as they are", async () => {
    const [bob, eve] = [newUser(), newUser()];
    const { id } = await stored(alice);
    const members = [{ userId: bob, role: "viewer" }];
    const taskId = await newTask(alice, { attachments: [id], members });
    expect(await (await fetched(bob, id)).text()).toBe("hello");
    expect((await fetched(eve, id)).status).toBe(404);
    // What is seen and may not be done is no secret.
    expect(await refusalOf(await call(bob, "DELETE", `/files/${id}`))).toMatchObject({
      status: 403,
    });
    expect((await call(alice, "DELETE", `/tasks/${taskId}/members/${bob}`)).status).toBe(204);
    expect((await fetched(bob, id)).status).toBe(404);
    expect((await fetched(alice, id)).status).toBe(200);
  });

  it("the members of one of very many tasks that carry it", async () => {
    const bob = newUser();
    const { id } = await stored(alice);
    const taskIds: string[] = [];
    for (let n = 0; n < 12; n++) taskIds.push(await newTask(alice, { attachments: [id] }));
    expect((await fetched(bob, id)).status).toBe(404);
    const member = { userId: bob, role: "viewer" };
    expect((await call(alice, "POST", `/tasks/${taskIds[5]}/members`, member)).status).toBe(201);
    await expect.poll(async () => (await fetched(bob, id)).status).toBe(200);
  });

  it("nobody, once it is erased", async () => {
    const { id } = await stored(alice);
    expect((await call(alice, "DELETE", `/files/${id}`)).status).toBe(204);
    expect((await fetched(alice, id)).status).toBe(404);
    expect(await inBucket()).not.toContain(id);
    expect((await call(alice, "DELETE", `/files/${id}`)).status).toBe(404);
  });
});
