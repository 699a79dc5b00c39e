import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cutResult, cutTurns, shownTurn } from "../../../src/engine/step/cut-result";
import { jsonBytes } from "../../../src/protocol/bytes";
import { LIMITS } from "../../../src/protocol/limits";
import type { StepResult, Turn } from "../../../src/protocol/turn";
import { idNumber, T0 } from "../../support/engine-builders";

const KIB = 1024;
const at = new Date(T0).toISOString();

function resultOf(output: string): StepResult {
  return { status: "COMPLETED", output, attempts: 1, durationMs: 1 };
}

function turnOf(n: number, outputs: string[]): Turn {
  return {
    id: idNumber("turn", n),
    taskId: idNumber("task", 1),
    threadId: "main",
    messageId: idNumber("msg", n),
    status: "PENDING",
    onBusy: "enqueue",
    createdAt: at,
    metadata: {},
    steps: outputs.map((output, i) => ({
      step: `s${i}`,
      phase: `s${i}`,
      bot: "system/b",
      status: "COMPLETED",
      attempt: 1,
      run: 1,
      result: resultOf(output),
    })),
  };
}

it("a result is cut to whole characters within its bytes, whatever they take as JSON", () => {
  const units = fc.constantFrom("a", "漢", "🚤", "\n", "\u0001", '"');
  fc.assert(
    fc.property(
      fc.array(units, { maxLength: 300 }),
      fc.integer({ min: 300, max: 900 }),
      (text, n) => {
        const result = resultOf(text.join(""));
        const cut = cutResult(result, n);
        expect(jsonBytes(cut)).toBeLessThanOrEqual(n);
        expect(result.output.startsWith(cut.output)).toBe(true);
        expect(cut.output.isWellFormed()).toBe(true);
        expect(cut.truncated).toBe(jsonBytes(result) > n ? true : undefined);
      },
    ),
  );
});

it("turns are left alone where they fit, and else cut until they do, and nothing but their results", () => {
  const small = [turnOf(1, ["a", "b"]), turnOf(2, [])];
  expect(cutTurns(small, 10 * KIB)).toBe(small);
  const large = Array.from({ length: 20 }, (_, n) =>
    turnOf(n, Array(50).fill("漢".repeat(20 * KIB))),
  );
  const cut = cutTurns(large, 384 * KIB);
  expect(jsonBytes(cut)).toBeLessThanOrEqual(384 * KIB);
  const bare = (turns: Turn[]) =>
    turns.map((turn) => ({ ...turn, steps: turn.steps.map(({ result, ...step }) => step) }));
  expect(bare(cut)).toEqual(bare(large));
});

it("what a failure says is cut where there is no room for it", () => {
  const error = { code: "model_unavailable" as const, message: "漢".repeat(2000) };
  const failed = { ...resultOf(""), status: "FAILED" as const, error };
  expect(cutResult(failed, 10 * KIB)).toEqual(failed);
  const cut = cutResult(failed, 512);
  expect(jsonBytes(cut)).toBeLessThanOrEqual(512);
  expect(cut.error).toEqual({ ...error, message: "漢".repeat(80) });
});

it("a turn in an event has at most its bound", () => {
  const turn = shownTurn(turnOf(1, Array(50).fill("x".repeat(60 * KIB))));
  expect(jsonBytes(turn)).toBeLessThanOrEqual(LIMITS.turnBytes);
  expect(turn.steps[49]?.result).toMatchObject({ truncated: true });
});
