import { beginningAsJson, jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import type { StepResult, Turn } from "../../protocol/turn";

/**
 * A result as it goes over the socket: over so many bytes of JSON its output is cut and its data left
 * out; REST has both (contract section 4, `phase:*`).
 */
export function cutResult(
  result: StepResult,
  bytes: number = LIMITS.resultBytesOnSocket,
): StepResult {
  if (jsonBytes(result) <= bytes) return result;
  const { data, ...whole } = result;
  const rest = jsonBytes({ ...whole, output: "" }) > bytes ? withShortError(whole) : whole;
  const frame = jsonBytes({ ...rest, output: "", truncated: true });
  return { ...rest, output: beginningAsJson(result.output, bytes - frame), truncated: true };
}

/** Characters that are left of what a failure says, where there is no room for more. */
const SHORT_MESSAGE = 80;

function withShortError<T extends Pick<StepResult, "error">>(result: T): T {
  const { error } = result;
  if (!error) return result;
  const message = error.message.slice(0, SHORT_MESSAGE).toWellFormed();
  return { ...result, error: { ...error, message } };
}

/** Below this a result says little more than how it ended. */
const LEAST_BYTES = 256;

/**
 * Turns whose results are cut, each to the same length, until all together fit into `bytes`. What else
 * they say is never cut.
 */
export function cutTurns(turns: Turn[], bytes: number): Turn[] {
  let cut = turns;
  let each: number = LIMITS.resultBytesOnSocket;
  while (jsonBytes(cut) > bytes && each >= LEAST_BYTES) {
    each = Math.floor(each / 4);
    cut = turns.map((turn) => withResults(turn, each));
  }
  return cut;
}

/** A turn of at most `LIMITS.turnBytes`, as events and lists show it. */
export function shownTurn(turn: Turn): Turn {
  return cutTurns([turn], LIMITS.turnBytes)[0] ?? turn;
}

function withResults(turn: Turn, bytes: number): Turn {
  if (turn.steps.every(({ result }) => result === undefined)) return turn;
  const steps = turn.steps.map((step) =>
    step.result ? { ...step, result: cutResult(step.result, bytes) } : step,
  );
  return { ...turn, steps };
}
