import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS, FAILURES, failureReason } from "../../src/protocol/errors";
import { waitingFor } from "../../src/protocol/turn";

const page = readFileSync(join(import.meta.dirname, "../../docs/failures.md"), "utf8");

/** The rows of tables that begin with this word in code, cell by cell. */
function rows(word: string): string[][] {
  return page
    .split("\n")
    .filter((line) => line.startsWith(`| \`${word}\` `))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\|?\s*|\s*\|?$/g, "")));
}

describe("the guide to failures says of each word what to do", () => {
  it.each(Object.entries(FAILURES))("%s", (code, { retryable }) => {
    const [row] = rows(code);
    expect(row?.[1]).toBe(retryable ? "yes" : "no");
    expect(row?.[3]).toBeTruthy();
  });

  it.each(Object.entries(ERRORS))("%s", (code, { status }) => {
    expect(rows(code).map(([, cell]) => cell)).toContain(String(status));
  });

  it.each([...failureReason.options, ...waitingFor.options])("%s", (word) => {
    expect(rows(word).length).toBeGreaterThan(0);
  });

  it("the client's own, as its types have them", () => {
    const types = readFileSync(join(import.meta.dirname, "../../src/client/errors.ts"), "utf8");
    const [, list = ""] = /export type ClientErrorCode =([\s\S]*?)\n\n/.exec(types) ?? [];
    const codes = [...list.matchAll(/\| "(\w+)"/g)].map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => rows(code).length === 0)).toEqual([]);
  });
});
