import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { control } from "../../worker/control";
import {
  fetched,
  home,
  homeOf,
  inBucket,
  NOTHING,
  PNG,
  problemIn,
  refusalOf,
  ringAfter,
  stored,
  textOf,
  upload,
} from "./uploads";

const HOUR_MS = 60 * 60 * 1000;
let alice: string;

beforeEach(() => {
  alice = newUser();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  control.bucket = "up";
  control.clockAheadMs = 0;
});

/** A body that sends what a test gives it. */
function slowBody() {
  const { readable, writable } = new IdentityTransformStream();
  return { readable, writer: writable.getWriter() };
}

describe("[FL1] a file is stored whole", () => {
  it("with its name, type, length and hash; the same bytes once more are another file", async () => {
    const bytes = textOf("hello, file");
    const sent = {
      type: "Text/Plain; charset=utf-8",
      headers: { "Content-Disposition": "attachment; filename*=UTF-8''a%20%E2%82%AC.txt" },
    };
    const response = await upload(alice, bytes, sent);
    expect(response.status).toBe(201);
    const file = problemIn.partial().parse(await response.json());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(file).toEqual({
      id: expect.stringMatching(/^file_/),
      name: "a €.txt",
      mediaType: "text/plain",
      size: bytes.byteLength,
      sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
      createdAt: expect.any(String),
    });
    expect(response.headers.get("Location")).toBe(`/api/v1/files/${file.id}`);
    const second = await stored(alice, bytes);
    expect(second.id).not.toBe(file.id);
    expect(second.sha256).toBe(file.sha256);
    expect((await homeOf(alice)).file_totals).toEqual([
      { id: 1, files: 2, bytes: 2 * bytes.byteLength },
    ]);
  });

  it("also an empty one, one of the greatest length, and one that nobody has named", async () => {
    expect(await stored(alice, new Uint8Array())).toMatchObject({ size: 0 });
    const large = new Uint8Array(LIMITS.fileBytes).fill(7);
    const { id, size } = await stored(alice, large);
    expect(size).toBe(LIMITS.fileBytes);
    expect((await (await fetched(alice, id)).arrayBuffer()).byteLength).toBe(LIMITS.fileBytes);
    const bare = await upload(alice, textOf("x"));
    expect(await bare.json()).toMatchObject({
      name: "file",
      mediaType: "application/octet-stream",
    });
  });

  const PDF = { type: "application/pdf" };
  const named = (disposition: string) => ({ headers: { "Content-Disposition": disposition } });
  it.each([
    [
      "a body that is shorter than announced",
      textOf("abc"),
      { length: "4" },
      400,
      "Content-Length",
    ],
    ["a body that is longer", textOf("abc"), { length: "2" }, 400, "Content-Length"],
    ["a length that is none", textOf("abc"), { length: "-3" }, 411, "Content-Length"],
    ["a name of 300 characters", textOf("a"), { name: "x".repeat(300) }, 400, "name"],
    ["a name with a slash", textOf("a"), { name: "../x" }, 400, "name"],
    ["a name with a control", textOf("a"), { name: "a\u0007" }, 400, "name"],
    ["a name without characters", textOf("a"), { name: "" }, 400, "name"],
    [
      "a header's name with a slash",
      textOf("a"),
      named('attachment; filename="a\\\\b"'),
      400,
      "Content-Disposition",
    ],
    [
      "a header's name with a control",
      textOf("a"),
      named("attachment; filename*=UTF-8''%00"),
      400,
      "Content-Disposition",
    ],
    [
      "an escape that is none",
      textOf("a"),
      named("attachment; filename*=UTF-8''%zz"),
      400,
      "Content-Disposition",
    ],
    [
      "another character set",
      textOf("a"),
      named("attachment; filename*=KOI8-R''a"),
      400,
      "Content-Disposition",
    ],
    ["a type that is none", textOf("a"), { type: "picture" }, 400, "Content-Type"],
    ["a PDF that is none", textOf("<html>"), PDF, 400, "Content-Type"],
    ["a PNG that is none", textOf("GIF89a"), { type: "image/png" }, 400, "Content-Type"],
    ["a JPEG that is a PNG", PNG, { type: "image/jpeg" }, 400, "Content-Type"],
  ] as const)("or refused, and nothing is left: %s", async (_, bytes, sent, status, path) => {
    const before = await inBucket();
    const response = await upload(alice, bytes, sent);
    expect(await refusalOf(response)).toEqual({ status, code: "invalid_request", paths: [path] });
    const { files = [], file_totals = NOTHING.file_totals } = await homeOf(alice);
    expect({ files, file_totals }).toEqual({ files: [], file_totals: NOTHING.file_totals });
    expect(await inBucket()).toEqual(before);
  });

  it("or refused by what it announces: no length, too large a one", async () => {
    const { readable, writer } = slowBody();
    const without = upload(alice, readable, { length: null });
    expect(await refusalOf(await without)).toEqual({
      ...{ status: 411, code: "invalid_request" },
      paths: ["Content-Length"],
    });
    await writer.abort().catch(() => undefined);
    const large = { length: String(LIMITS.fileBytes + 1) };
    const over = await upload(alice, textOf("x"), large);
    expect(await refusalOf(over)).toMatchObject({ status: 413, code: "payload_too_large" });
    expect(await homeOf(alice)).toEqual({});
  });

  it("is not there while it is being written, and nothing stays of one that breaks off", async () => {
    const { readable, writer } = slowBody();
    const upstream = upload(alice, readable, { length: "4000" });
    await writer.write(new Uint8Array(2000));
    const { files } = await vi.waitFor(async () => {
      const rows = await homeOf(alice);
      expect(rows.files).toHaveLength(1);
      return rows;
    });
    const id = String(files?.[0]?.id);
    expect((await fetched(alice, id)).status).toBe(404);
    expect((await call(alice, "DELETE", `/files/${id}`)).status).toBe(404);
    await writer.abort(new Error("gone"));
    await upstream.catch(() => undefined);
    await vi.waitFor(async () => expect(await homeOf(alice)).toEqual(NOTHING));
    expect(await inBucket()).not.toContain(id);
  });

  it.each(["down", "answers are lost"] as const)(
    "or not, where the bucket does not answer (%s)",
    async (mode) => {
      const before = await inBucket();
      control.bucket = mode;
      const response = await upload(alice, textOf("abc"));
      expect(await refusalOf(response)).toMatchObject({ status: 503, code: "unavailable" });
      expect((await homeOf(alice)).files).toEqual([]);
      control.bucket = "up";
      // Its home goes on by itself with what could not be removed.
      await vi.waitFor(async () => {
        await ringAfter(alice, HOUR_MS);
        expect(await homeOf(alice)).toEqual(NOTHING);
      });
      expect(await inBucket()).toEqual(before);
    },
  );
});

describe("[FL2] what a user's files may take", () => {
  const announced = (size: number) => {
    const id = newId("file", Date.now());
    return { id, name: "a", mediaType: "text/plain", size };
  };

  it("counts what is being written as it was announced, and gives it back", async () => {
    const most = 1024 ** 3;
    const whole = announced(most - 5);
    await home(alice).reserveFile(whole);
    const over = await upload(alice, textOf("123456"));
    expect(await refusalOf(over)).toMatchObject({ status: 429, code: "quota_exceeded" });
    expect((await upload(alice, textOf("12345"))).status).toBe(201);
    await home(alice).abandonFile(whole.id);
    expect((await upload(alice, textOf("123456"))).status).toBe(201);
  });

  it("gives up what is not written within an hour, whatever has become of its bytes", async () => {
    const file = announced(3);
    await home(alice).reserveFile(file);
    await env.FILES?.put(file.id, "abc");
    await ringAfter(alice, HOUR_MS - 1000);
    expect((await homeOf(alice)).files).toHaveLength(1);
    await ringAfter(alice, 2000);
    expect(await homeOf(alice)).toEqual(NOTHING);
    expect(await inBucket()).not.toContain(file.id);
    expect(await home(alice).finishFile(file.id, "0".repeat(64))).toMatchObject({ ok: false });
  });
});

it("[FL7] a file that nobody has sent is gone after a day, and not before", async () => {
  const { id } = await stored(alice);
  await ringAfter(alice, 24 * HOUR_MS - 60_000);
  expect((await fetched(alice, id)).status).toBe(200);
  await ringAfter(alice, 2 * 60_000);
  expect(await homeOf(alice)).toEqual(NOTHING);
  expect(await inBucket()).not.toContain(id);
});

describe("[FL11] without a bucket", () => {
  it("files are refused by name, and all else works", async () => {
    control.bucket = "none";
    const refused = { status: 503, code: "files_not_configured", paths: [] };
    expect(await refusalOf(await upload(alice, textOf("abc")))).toEqual(refused);
    const id = newId("file", Date.now());
    expect(await refusalOf(await fetched(alice, id))).toEqual(refused);
    const taskId = await newTask(alice, { prompt: "/echo hello" });
    const client = await RoomClient.join(alice, taskId);
    await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
    const attached = await client.ask("chat:send", { content: "see", attachments: [id] });
    expect(attached).toMatchObject({ type: "error", error: { code: "not_found" } });
    expect((await call(alice, "DELETE", `/tasks/${taskId}`)).status).toBe(204);
  });
});
