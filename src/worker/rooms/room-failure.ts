import * as z from "zod";

/** What the platform puts on an error of a call to a Durable Object. */
const marks = z.object({
  remote: z.boolean().optional(),
  retryable: z.boolean().optional(),
  overloaded: z.boolean().optional(),
  durableObjectReset: z.boolean().optional(),
});

function marksOf(error: unknown): z.infer<typeof marks> | undefined {
  // The marks are inherited in some versions, so they are read by name, not spread.
  if (!(error instanceof Error)) return undefined;
  return marks.safeParse(error).data;
}

/** The object could not answer, through no fault of the request or of our code. */
export class RoomUnavailable extends Error {}

/** Whether an object runs an older version, which has no such method. */
export function isNotThere(error: unknown): boolean {
  const cause = error instanceof RoomUnavailable ? error.cause : error;
  return cause instanceof Error && /RPC receiver does not implement/.test(cause.message);
}

/** Whether asking again at once may help; never where the object has too much to do already. */
export function isWorthAsking(error: unknown): boolean {
  const found = marksOf(error);
  return found?.retryable === true && found.overloaded !== true;
}

/**
 * An exception out of a room: `RoomUnavailable` where the platform threw it, itself where the
 * room's own code did (`remote`, and nothing says that the object was reset).
 */
export function roomFailure(error: unknown): unknown {
  const found = marksOf(error);
  const fromPlatform = found?.retryable || found?.overloaded || found?.durableObjectReset;
  if (found?.remote && !fromPlatform) return error;
  return new RoomUnavailable("the object did not answer", { cause: error });
}
