import { isRetryable } from "../../history/retry";
import { describeError, logError } from "../../platform/platform-log";
import { type Refusal, refuse } from "../../protocol/errors";
import type { AppContext } from "../context";
import { countRefusal } from "../metrics/refusals";
import { problemResponse, RefusedRequest } from "../problem";
import { RoomUnavailable } from "../rooms/room-failure";

/** Answers whatever a route throws; nothing of an unknown exception leaves the service. */
export async function onError(error: Error, c: AppContext): Promise<Response> {
  const refused = error instanceof RefusedRequest ? error : new RefusedRequest(refusalOf(error, c));
  countRefusal(c, refused.refusal.code);
  return (c.var.errorsAs ?? problemResponse)(refused, c);
}

/** What a caller is told of whatever was thrown; what is unknown is logged, and stays inside. */
export function refusalOf(error: unknown, c: AppContext): Refusal {
  if (error instanceof RefusedRequest) return error.refusal;
  const { requestId } = c.var;
  const transient = error instanceof RoomUnavailable || isRetryable(error);
  logError(transient ? "unavailable" : "internal_error", {
    requestId,
    method: c.req.method,
    path: c.req.path,
    causes: describeError(error),
  });
  return transient
    ? refuse("unavailable", "The service could not do this now; try again")
    : refuse("internal", "Something went wrong", { requestId });
}
