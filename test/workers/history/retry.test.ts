import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/history/database";
import { isRetryable } from "../../../src/history/retry";
import { idempotencyKeys } from "../../../src/history/schema";

/** As drizzle and D1 wrap what the platform says. */
function wrapped(text: string): Error {
  const d1 = new Error(`D1_ERROR: ${text}`, { cause: new Error(text) });
  return new Error("Failed query: select 1\nparams: ", { cause: d1 });
}

describe("what another attempt may mend", () => {
  it.each([
    "Network connection lost.",
    "D1 DB reset because its code was updated.",
    "Internal error in D1 DB storage caused object to be reset.",
    "Internal error while starting up D1 DB storage caused object to be reset.",
    "Cannot resolve D1 DB due to transient issue on remote node.",
    "D1 DB storage operation exceeded timeout which caused object to be reset.",
    "D1 DB is overloaded. Too many requests queued.",
  ])("%s", (text) => {
    expect([isRetryable(new Error(text)), isRetryable(wrapped(text))]).toEqual([true, true]);
  });
});

describe("what no attempt mends", () => {
  const circular = new Error("round");
  circular.cause = circular;
  it.each<[string, unknown]>([
    ["a constraint", wrapped("UNIQUE constraint failed: SQLITE_CONSTRAINT")],
    ["a text that only quotes one", new Error("Failed query: x\nparams: Network connection lost")],
    ["a circular cause", circular],
    ["no error", "Network connection lost"],
    ["nothing", undefined],
  ])("%s", (_name, error) => {
    expect(isRetryable(error)).toBe(false);
  });

  it("a statement that D1 itself refuses", async () => {
    const values = { userId: "a", key: "k", bodyHash: "h", taskId: "t", createdAt: 1 };
    const insert = () => openDatabase(env.DB).insert(idempotencyKeys).values(values);
    await insert();
    const error = await insert().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(isRetryable(error)).toBe(false);
  });
});
