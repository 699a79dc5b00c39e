import { APICallError, InvalidResponseDataError, TypeValidationError } from "@ai-sdk/provider";
import { CutOff, ModelFault, Unreadable } from "./model-fault";
import type { ModelRefusal } from "./model-refusal";
import { readRefusal } from "./read-refusal";

/** What went wrong in a call of a model, whoever threw or streamed it: our reader, the AI SDK's, or the network. */
export function refusalOf(error: unknown): ModelRefusal {
  const fault = faultIn(error);
  if (fault) return fault.refusal;
  if (APICallError.isInstance(error)) return ofCall(error);
  if (TypeValidationError.isInstance(error)) return ofValue(error.value);
  // The SDK's reader throws this without data for a stream that ended early, and for nothing else.
  if (InvalidResponseDataError.isInstance(error) && error.data === undefined) {
    return new CutOff().refusal;
  }
  const isSdks = error instanceof Error && error.name.startsWith("AI_");
  return isSdks ? new Unreadable().refusal : readRefusal(undefined, {}, error);
}

/** Our own fault among an error's causes. */
export function faultIn(error: unknown): ModelFault | undefined {
  const causes = [error];
  // Bounded: an error may name itself as its cause.
  for (const item of causes) {
    if (item instanceof ModelFault) return item;
    if (item instanceof Error && causes.length < 8) causes.push(item.cause);
  }
  return undefined;
}

function ofCall({ statusCode, responseHeaders, responseBody }: APICallError): ModelRefusal {
  // With a good status the answer was cut in its middle.
  if (statusCode !== undefined && statusCode < 300) return new CutOff().refusal;
  return readRefusal(statusCode, responseHeaders ?? {}, responseBody);
}

/** A chunk that no schema of the SDK knows: an error of the provider, or nothing that can be read. */
function ofValue(value: unknown): ModelRefusal {
  const isReport = typeof value === "object" && value !== null && "error" in value;
  return isReport ? readRefusal(undefined, {}, value) : new Unreadable().refusal;
}
