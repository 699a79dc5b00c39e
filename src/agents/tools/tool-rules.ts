import type { Tool } from "./tool-box";

/** Whether a person is asked before each call. */
export function needsApproval({ server }: Tool): boolean {
  const approval = server?.rules.approval ?? "never";
  if (typeof approval === "string") return approval === "always";
  return approval.tools.includes(server?.tool ?? "");
}

/**
 * Whether a call whose outcome is unknown may be made once more: it changes nothing, or the same thing
 * twice, or the ghost says so.
 */
export function mayRepeat({ annotations, server }: Tool): boolean {
  const { readOnlyHint = false, idempotentHint = false } = annotations;
  return readOnlyHint || idempotentHint || server?.rules.onLost === "repeat";
}
