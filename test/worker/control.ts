import type { StepOutput, StepRequest } from "../../src/protocol/agent";

type Model = (request: StepRequest, signal: AbortSignal) => AsyncIterable<StepOutput>;

/** What tests have set: shared by all objects of the isolate, reset by its restart. */
export const control = {
  /** Milliseconds by which the clock is ahead. */
  clockAheadMs: 0,
  /** How D1 behaves. */
  d1: "up" as "up" | "down" | "fails after its commit",
  /** In place of the real providers. */
  model: undefined as Model | undefined,
  /** How often rooms were constructed, by object id. */
  constructed: new Map<string, number>(),
  /** Rows that rooms wrote, alarms included. */
  rowsWritten: 0,
  /** Batches that D1 was asked for. */
  d1Batches: 0,
};
