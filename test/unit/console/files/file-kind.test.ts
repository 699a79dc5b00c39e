import { describe, expect, it } from "vitest";
import { isPicture, kindOf } from "../../../../src/console/room/files/file-kind";

describe("what a page draws of a file that somebody else has sent", () => {
  it.each(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"])("%s", (type) => {
    expect(isPicture(type)).toBe(true);
  });

  it.each([
    ...["image/svg+xml", "text/html", "application/xhtml+xml", "application/pdf"],
    ...["image/", "image/unheard-of", "IMAGE/PNG", "", "video/mp4"],
  ])("never: %s", (type) => {
    expect(isPicture(type)).toBe(false);
  });
});

it.each([
  ["image/png", "a", "PNG"],
  ["application/pdf", "report", "PDF"],
  ["text/plain", "notes.log", "Text"],
  ["image/svg+xml", "drawing.svg", "SVG"],
  ["application/octet-stream", "disk.iso", "ISO"],
  ["application/octet-stream", "no ending", "File"],
  ["application/octet-stream", "long.ending-of-it", "File"],
  ["audio/x-unknown", "song", "Sound"],
  ["", "", "File"],
])("a file of %s called %j is a %s", (mediaType, name, kind) => {
  expect(kindOf({ mediaType, name })).toBe(kind);
});
