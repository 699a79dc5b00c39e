import { beginningAsJson, jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import type { StepResult } from "../../protocol/turn";

/**
 * A result as it goes over the socket: over so many bytes of JSON its output is cut and its data left
 * out; REST has both (contract section 4, `phase:*`).
 */
export function cutResult(
  result: StepResult,
  bytes: number = LIMITS.resultBytesOnSocket,
): StepResult {
  if (jsonBytes(result) <= bytes) return result;
  const { data, ...rest } = result;
  const frame = jsonBytes({ ...rest, output: "", truncated: true });
  return { ...rest, output: beginningAsJson(result.output, bytes - frame), truncated: true };
}
