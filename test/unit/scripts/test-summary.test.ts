import { expect, it } from "vitest";
import { summarize } from "../../../scripts/test-summary";

const report = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", name: "a.test.ts", assertionResults: [{}] }],
};
const fine = { report, testsSucceeded: true, failedChecks: [], hasBrowser: true };
const unloaded = { status: "failed", name: "b.test.ts", assertionResults: [] };

it.each([
  ["all is well", fine, [7, 0], undefined],
  [
    "tests fail",
    { ...fine, report: { ...report, numFailedTests: 2 }, testsSucceeded: false },
    [7, 2],
    undefined,
  ],
  ["a check fails", { ...fine, failedChecks: ["type check"] }, [7, 1], "type check"],
  [
    "a file cannot be loaded",
    { ...fine, report: { ...report, testResults: [unloaded] }, testsSucceeded: false },
    [7, 1],
    "b.test.ts",
  ],
  ["coverage is too low", { ...fine, testsSucceeded: false }, [7, 1], "coverage"],
  ["nothing ran", { ...fine, report: { ...report, numPassedTests: 0 } }, [0, 1], "No test ran"],
  ["there is no report", { ...fine, report: undefined }, [0, 1], "no report"],
  ["there is no browser", { ...fine, hasBrowser: false }, [7, 0], "CHROMIUM IS MISSING"],
  ["tests are skipped", { ...fine, report: { ...report, numPendingTests: 3 } }, [7, 0], "3 tests"],
])("where %s", (_, checks, [passed, failed], note) => {
  const summary = summarize(checks);
  expect(summary).toMatchObject({ passed, failed });
  expect(summary.notes.join("\n")).toContain(note ?? "");
  if (!note) expect(summary.notes).toEqual([]);
});
