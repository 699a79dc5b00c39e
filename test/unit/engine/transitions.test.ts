import { describe, expect, it } from "vitest";
import {
  isActive,
  isOpen,
  isStepClosed,
  STEP_MOVES,
  TASK_MOVES,
  TURN_MOVES,
} from "../../../src/engine/turn/transitions";
import { taskStatus } from "../../../src/protocol/task";
import { stepStatus, turnStatus } from "../../../src/protocol/turn";

/** The contract's own notation, `from → to | to`, as moves. */
function movesOf(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [from = "", to = ""] = line.split("→");
      return from.split("|").flatMap((a) => to.split("|").map((b) => `${a.trim()} → ${b.trim()}`));
    })
    .sort();
}

function movesIn(table: Record<string, readonly string[]>): string[] {
  return Object.entries(table)
    .flatMap(([from, all]) => all.map((to) => `${from} → ${to}`))
    .sort();
}

describe("the tables are those of contract section 5, and nothing else is legal", () => {
  it.each([
    [
      "task",
      TASK_MOVES,
      `PENDING → RUNNING | CANCELLED
       RUNNING → COMPLETED | FAILED | CANCELLED
       COMPLETED → RUNNING | CANCELLED
       FAILED → RUNNING | CANCELLED`,
    ],
    [
      "turn",
      TURN_MOVES,
      `PENDING → PROCESSING | INTERRUPTED | FAILED
       PROCESSING → COMPLETED | INTERRUPTED | FAILED | WAITING
       WAITING → PROCESSING | INTERRUPTED | FAILED
       FAILED | INTERRUPTED → PENDING`,
    ],
    [
      "step",
      STEP_MOVES,
      `PENDING → RUNNING | WAITING | SKIPPED | INTERRUPTED
       WAITING → RUNNING | FAILED | INTERRUPTED
       RUNNING → COMPLETED | FAILED | RETRYING | WAITING | INTERRUPTED
       RETRYING → RUNNING | FAILED | INTERRUPTED
       COMPLETED | FAILED | SKIPPED | INTERRUPTED → PENDING`,
    ],
  ])("%s", (_, table, contract) => {
    expect(movesIn(table)).toEqual(movesOf(contract));
  });
});

it("a turn is open while it waits or works, and active while it holds the room", () => {
  expect(turnStatus.options.filter(isOpen)).toEqual(["PENDING", "PROCESSING", "WAITING"]);
  expect(turnStatus.options.filter(isActive)).toEqual(["PROCESSING", "WAITING"]);
});

it("a step is closed where nothing but being done again is left", () => {
  const closed = ["COMPLETED", "FAILED", "SKIPPED", "INTERRUPTED"];
  expect(stepStatus.options.filter(isStepClosed)).toEqual(closed);
});

it("only a cancelled task never moves again", () => {
  expect(taskStatus.options.filter((status) => TASK_MOVES[status].length === 0)).toEqual([
    "CANCELLED",
  ]);
});
