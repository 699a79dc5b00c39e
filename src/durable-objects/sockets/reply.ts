import { type Outcome, type Refusal, refuse } from "../../protocol/errors";

/** The one answer to a frame (contract section 4); `ref` is the frame's own id. */
export type Reply<Data> =
  | { type: "ack"; ref: string; data: Data }
  | { type: "error"; ref?: string; error: Refusal };

/** Nothing where a frame that has no id was accepted: nobody waits for the answer. */
export function replyTo<Data>(
  ref: string | undefined,
  outcome: Outcome<Data>,
): Reply<Data> | undefined {
  if (!outcome.ok) {
    return { type: "error", ...(ref !== undefined && { ref }), error: outcome.refusal };
  }
  return ref === undefined ? undefined : { type: "ack", ref, data: outcome.value };
}

export function malformed(message: string): Refusal {
  return refuse("invalid_request", message, { issues: [{ path: "", message }] });
}
