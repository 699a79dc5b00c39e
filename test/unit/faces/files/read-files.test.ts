import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDataUrl } from "../../../../src/faces/files/data-url";
import { goingAlong } from "../../../../src/faces/files/earlier";
import { linksTo } from "../../../../src/faces/files/links";
import { readFiles } from "../../../../src/faces/files/read-files";
import type { SentFile } from "../../../../src/faces/files/sent-file";
import { LIMITS } from "../../../../src/protocol/limits";
import { RefusedRequest } from "../../../../src/worker/problem";
import { base64, pdf, png } from "../../../support/pictures";

const OWN = ["https://rooms.test", "http://localhost:8787"];
const ID = "file_01kasn3v6h8q2x4c7b9m0r5tze";
const PNG = `data:image/png;base64,${base64(png())}`;

type Sent = Partial<SentFile>;

/** What a file comes to: what is to be stored, the id, or the words that refuse it. */
function read(file: Sent) {
  try {
    return readFiles([{ path: "here", from: { url: PNG }, ...file }], OWN)[0];
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    const [issue] = error.refusal.issues ?? [];
    expect(issue?.path).toBe("here");
    return issue?.message;
  }
}

describe("a file that comes with its bytes", () => {
  it.each<[string, Sent, object]>([
    ["of the address's type", {}, { name: "file", mediaType: "image/png", bytes: png() }],
    [
      "of the type that is said",
      { mediaType: "Text/Plain; charset=x" },
      { mediaType: "text/plain" },
    ],
    ["whose type is half said", { mediaType: "image" }, { mediaType: "image/png" }],
    ["whose type is a pattern", { mediaType: "image/*" }, { mediaType: "image/png" }],
    ["whose type is not said", { mediaType: "" }, { mediaType: "image/png" }],
    ["with a name", { name: "a €.png" }, { name: "a €.png" }],
    ["without a name", { name: "" }, { name: "file" }],
    [
      "in base64 alone",
      { from: { base64: base64(pdf()) } },
      { mediaType: "application/octet-stream" },
    ],
    [
      "in base64, with a type",
      { from: { base64: base64(pdf()) }, mediaType: "application/pdf" },
      { mediaType: "application/pdf", bytes: pdf() },
    ],
    ["empty", { from: { url: "data:," } }, { mediaType: "text/plain", bytes: new Uint8Array() }],
  ])("%s", (_what, file, wanted) => {
    expect(read(file)).toMatchObject(wanted);
  });

  it.each<[string, Sent, RegExp]>([
    ["bytes of another kind", { mediaType: "application/pdf" }, /no application\/pdf/],
    ["a type that is none", { mediaType: "a/b/c" }, /no media type/],
    ["a type of the address that is none", { from: { url: "data:a b/c,x" } }, /no media type/],
    ["a name with a slash", { name: "a/b" }, /name: .*slashes/],
    ["a name that is too long", { name: "x".repeat(256) }, /name: /],
    ["no base64", { from: { base64: "a?b" } }, /not base64/],
    ["no data: URL", { from: { url: "data:image/png;base64" } }, /can't be read/],
    ["half an escape", { from: { url: "data:,a%4" } }, /can't be read/],
    [
      "more than a file may have",
      { from: { base64: "A".repeat(Math.ceil((LIMITS.fileBytes * 4) / 3) + 8) } },
      /larger than/,
    ],
  ])("is refused with %s", (_what, file, wanted) => {
    expect(read(file)).toMatch(wanted);
  });
});

describe("an address", () => {
  it.each([
    `https://rooms.test/api/v1/files/${ID}`,
    `http://localhost:8787/api/v1/files/${ID}?inline=1`,
    `/api/v1/files/${ID}`,
  ])("of the service's own is one of its files: %s", (url) => {
    expect(read({ from: { url } })).toEqual({ path: "here", fileId: ID });
  });

  it.each([
    "https://example.com/a.png",
    `https://example.com/api/v1/files/${ID}`,
    `https://rooms.test.example.com/api/v1/files/${ID}`,
    `https://rooms.test/elsewhere/${ID}`,
    "https://rooms.test/api/v1/files/none",
    `https://rooms.test/api/v1/files/../files/${ID}x`,
    "file:///etc/passwd",
    "blob:https://rooms.test/1",
    "",
  ])("elsewhere is never fetched: %s", (url) => {
    expect(read({ from: { url } })).toMatch(/addresses are not fetched/);
  });
});

it("an id is one of a file, and ten files are the most", () => {
  expect(read({ from: { fileId: ID } })).toEqual({ path: "here", fileId: ID });
  expect(read({ from: { fileId: "file-abc" } })).toMatch(/not the id/);
  const many = Array.from({ length: 11 }, (_, i) => ({ path: `at.${i}`, from: { url: PNG } }));
  expect(readFiles(many.slice(1), OWN)).toHaveLength(10);
  expect(() => readFiles(many, OWN)).toThrow(
    expect.objectContaining({
      refusal: expect.objectContaining({
        issues: [{ path: "at.10", message: "more than 10 files" }],
      }),
    }),
  );
});

describe("a data: URL", () => {
  const bytesOf = fc.uint8Array({ maxLength: 300 });

  it("is read as whoever fetches it reads it, in base64 and in escapes", async () => {
    const rule = fc.asyncProperty(bytesOf, fc.boolean(), async (bytes, escaped) => {
      const escapes = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`);
      const url = escaped
        ? `data:text/x-a,${escapes.join("")}`
        : `data:text/x-a;base64,${base64(bytes)}`;
      const fetched = await (await fetch(url)).arrayBuffer();
      expect(readDataUrl(url)).toEqual({
        mediaType: "text/x-a",
        bytes: new Uint8Array(fetched),
      });
    });
    await fc.assert(rule, { numRuns: 100 });
  });

  it("whatever it is, is read or is none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (rest) => {
        const read = readDataUrl(`data:${rest}`);
        if (read)
          expect(read.bytes.length).toBeLessThanOrEqual(new TextEncoder().encode(rest).length);
      }),
    );
  });
});

it("links name each file on a line of its own, at the places that are told", () => {
  const file = (name: string) => ({
    id: ID,
    name,
    mediaType: "a/b",
    size: 1,
    url: `u/${name.length}`,
  });
  const names = fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 3 });
  fc.assert(
    fc.property(names, fc.constantFrom("", "said"), (given, below) => {
      const { text, links } = linksTo(given.map(file), { below });
      expect(links.map(({ file: { name } }) => name)).toEqual(given);
      for (const {
        start,
        end,
        file: { url },
      } of links) {
        expect(text.slice(start, end)).toMatch(/^\[/);
        expect(text.slice(start, end).endsWith(`](${url})`)).toBe(true);
      }
      expect(text.startsWith("\n\n")).toBe(given.length > 0 && below !== "");
    }),
  );
  expect(linksTo([file("a]b")], { below: "" }).text).toBe("[a\\]b](u/3)");
});

it("of earlier messages' files the newest go along, and each other is named where it was sent", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 0, max: 12 }), (given, own) => {
      const filesAt = (count: number, at: number) =>
        Array.from({ length: count }, (_, i) => ({
          ...{ path: `${at}.${i}`, name: `${at}.${i}.png`, from: { url: PNG } },
        }));
      const messages = given.map((count, at) => ({ text: "said", files: filesAt(count, at) }));
      const { earlier, files } = goingAlong(messages, filesAt(own, 99));
      const all = messages.flatMap((message) => message.files);
      const room = Math.min(all.length, Math.max(0, 10 - own));
      expect(files).toEqual(all.slice(all.length - room));
      const left = all.slice(0, all.length - room).map(({ name }) => name);
      const named = earlier.flatMap(({ text }) => [...text.matchAll(/: (\S+)\]/g)]);
      expect(named.map(([, name]) => name)).toEqual(left);
    }),
  );
});
