import * as z from "zod";

/** What was missed has been told, up to this number of the log; what follows happens now. */
export const synced = z.object({ headSeq: z.int() });
export type Synced = z.infer<typeof synced>;
