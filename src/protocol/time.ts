import * as z from "zod";

/** RFC 3339 UTC with milliseconds, as the service writes it. */
export const timestamp = z.iso.datetime({ precision: 3 });

/** Any RFC 3339 time, as a caller may write it; becomes the service's form. */
export const anyTimestamp = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  // An offset can carry a time out of the four-digit years, where text no longer sorts by time.
  .pipe(timestamp);

/** Milliseconds since 1970 to the wire's form. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
