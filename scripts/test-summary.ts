import * as z from "zod";
import { INSTALL_CHROMIUM } from "./chromium";

/** The part of vitest's JSON report that is counted. */
const testReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.object({ status: z.string(), name: z.string(), assertionResults: z.array(z.unknown()) }),
  ),
});

export type Checks = {
  /** What vitest wrote; anything, if it got so far at all. */
  report: unknown;
  testsSucceeded: boolean;
  failedChecks: string[];
  /** Whether there is a Chromium for the browser tests. */
  hasBrowser: boolean;
};

export type Summary = { passed: number; failed: number; notes: string[] };

const NO_BROWSER = `CHROMIUM IS MISSING, SO NO BROWSER TEST RAN: the console is untested. ${INSTALL_CHROMIUM}`;

/** Counts the tests, and beside them whatever else makes the run a failure: no sum hides one. */
export function summarize({ report, testsSucceeded, failedChecks, hasBrowser }: Checks): Summary {
  const notes = failedChecks.map((title) => `The ${title} failed; its messages are above.`);
  if (!hasBrowser) notes.push(NO_BROWSER);
  const parsed = testReport.safeParse(report);
  if (!parsed.success) {
    notes.push("The tests did not run to their end: there is no report of them.");
    return { passed: 0, failed: failedChecks.length + 1, notes };
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } =
    parsed.data;
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  for (const { name } of unloaded) notes.push(`${name} could not be loaded.`);
  const left = numPendingTests + numTodoTests;
  if (left > 0) notes.push(`${left} tests were left out (skipped or still to be written).`);
  if (numPassedTests === 0) notes.push("No test ran.");

  let failed = numFailedTests + unloaded.length;
  if (failed === 0 && (!testsSucceeded || numPassedTests === 0)) {
    failed = 1;
    notes.push(
      "The tests as a whole failed: coverage under its threshold, or an error outside a test.",
    );
  }
  return { passed: numPassedTests, failed: failed + failedChecks.length, notes };
}
