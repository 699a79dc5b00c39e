import { shownLine } from "../../model/shown-text";
import type { Fields } from "../../model/wire/json";
import type { ToolProgress } from "../tool-box";

/** UTF-16 units of what a tool says of its progress. */
const MESSAGE_UNITS = 500;

/**
 * How far a call is, if a notification says so. `token` is the one that was sent with the call; one without
 * a token comes in the call's own answer, and is of that.
 */
export function progressIn(
  method: string,
  params: Fields,
  token: string,
): ToolProgress | undefined {
  if (method !== "notifications/progress") return undefined;
  const { progressToken } = params;
  const isOurs = progressToken === undefined || String(progressToken) === token;
  if (!isOurs) return undefined;
  const progress = numberIn(params.progress);
  const total = numberIn(params.total);
  const message =
    typeof params.message === "string" ? shownLine(params.message, MESSAGE_UNITS) : "";
  return {
    ...(progress !== undefined && { progress }),
    ...(total !== undefined && { total }),
    ...(message !== "" && { message }),
  };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
