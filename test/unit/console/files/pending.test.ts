import { describe, expect, it } from "vitest";
import { TaskroomError } from "../../../../src/client";
import {
  admitted,
  type Pending,
  refusalOf,
  refusedAtOnce,
  standingOf,
} from "../../../../src/console/room/files/pending";
import { LIMITS } from "../../../../src/protocol/limits";

const MOST = LIMITS.attachments;
const files = (count: number) => Array.from({ length: count }, (_, i) => new File([], `${i}.txt`));
const underWay: Pending = { key: 0, file: new File(["x"], "x"), sent: 0 };
const stored = { ...underWay, fileId: "file_1" };
const refused = { ...underWay, refusal: { words: ["No."], mayPass: false } };

describe("files of one message", () => {
  it.each([
    [0, 1, 1],
    [0, MOST, MOST],
    [0, MOST + 2, MOST],
    [MOST - 1, 3, 1],
    [MOST, 1, 0],
    [MOST + 1, 1, 0],
  ])("with %i there, of %i more %i go along, and the rest is named", (held, more, taken) => {
    const { files: some, notice } = admitted({ files: files(more), folders: [] }, held);
    expect(some).toHaveLength(taken);
    if (taken === more) expect(notice).toBeUndefined();
    else expect(notice).toContain(`at most ${MOST} files`);
    for (let i = taken; i < more; i++) expect(notice).toContain(`${i}.txt`);
  });

  it("folders are named, and do not go along", () => {
    const { files: some, notice } = admitted({ files: files(1), folders: ["photos"] }, 0);
    expect(some).toHaveLength(1);
    expect(notice).toContain("photos");
  });
});

describe("a message waits for its files", () => {
  it.each<[string, Pending[], boolean, RegExp]>([
    ["none", [], true, /^$/],
    ["all stored", [stored, stored], true, /2 files attached/],
    ["one under way", [stored, underWay], false, /waits for 1 file\b/],
    ["under way and refused", [underWay, underWay, refused], false, /waits for 2 files/],
    ["one refused", [stored, refused], false, /1 file cannot.* it away/],
    ["some refused", [refused, refused], false, /2 files cannot.* them away/],
    ["too many", Array.from({ length: MOST + 2 }, () => stored), false, /Take 2 away/],
  ])("%s", (_, pending, isReady, words) => {
    const standing = standingOf(pending);
    expect(standing.isReady).toBe(isReady);
    expect(standing.words).toMatch(words);
  });
});

it("what the server would refuse by its size alone is not sent to it", () => {
  const sized = (size: number) => Object.defineProperty(new File([], "x"), "size", { value: size });
  expect(refusedAtOnce(sized(LIMITS.fileBytes))).toBeUndefined();
  expect(refusedAtOnce(sized(LIMITS.fileBytes + 1))?.words.join()).toContain("25.0 MiB");
});

it.each([
  ["invalid_request", false],
  ["quota_exceeded", false],
  ["unavailable", true],
  ["network", true],
] as const)("a refusal is told in its own words, and may pass or not: %s", (code, mayPass) => {
  const issues = [{ path: "Content-Type", message: "no picture" }];
  const refusal = refusalOf(new TaskroomError(code, "Not so.", { issues }));
  expect(refusal).toEqual({ words: ["Not so.", "Content-Type: no picture"], mayPass });
});
