/** The revision whose requests carry all that they need; there is no session. */
export const STATELESS = "2026-07-28";
/** Revisions that begin with `initialize`, the newest first. */
export const WITH_SESSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"];

export const CLIENT_INFO = { name: "taskroom", version: "1" };

/** Codes that only servers without sessions send: header mismatch, capability missing, version unknown. */
export const STATELESS_CODES = [-32020, -32021, -32022];
export const VERSION_UNKNOWN = -32022;
export const NO_SUCH_METHOD = -32601;
