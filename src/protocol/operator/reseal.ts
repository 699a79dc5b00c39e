import * as z from "zod";

/** `POST /secrets/reseal`: where the walk goes on; absent at its beginning. */
export const resealSecrets = z.strictObject({ cursor: z.string().min(1).max(2048).optional() });

export const resealPage = z.object({
  /** Secrets of this page that were sealed anew. */
  resealed: z.int(),
  /** Those that were sealed with the first key already. */
  current: z.int(),
  /** Those that no key opens: left as they are. */
  lost: z.int(),
  /** Users' rooms that did not answer: to be walked once more. */
  unreachable: z.int(),
  nextCursor: z.string().nullable(),
});
export type ResealPage = z.infer<typeof resealPage>;
