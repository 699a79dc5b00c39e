import { LIMITS } from "./limits";
import type { StepResult } from "./turn";

/**
 * A result as it goes over the socket: over `LIMITS.resultBytesOnSocket` bytes of JSON its output is
 * cut and its data left out; REST has both (contract section 4, `phase:*`).
 */
export function cutResult(result: StepResult): StepResult {
  const bytes = jsonBytes(result);
  if (bytes <= LIMITS.resultBytesOnSocket) return result;
  const { data, ...rest } = result;
  const frame = jsonBytes({ ...rest, output: "", truncated: true });
  const output = cutText(result.output, LIMITS.resultBytesOnSocket - frame);
  return { ...rest, output, truncated: true };
}

/** The longest beginning of a text, in whole characters, that takes at most so many bytes as JSON. */
function cutText(text: string, bytes: number): string {
  let low = 0;
  let high = Math.min(text.length, bytes);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(text.slice(0, middle)) <= bytes) low = middle;
    else high = middle - 1;
  }
  return text
    .slice(0, low)
    .toWellFormed()
    .replace(/\uFFFD$/, "");
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}
