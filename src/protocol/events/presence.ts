import * as z from "zod";

export const presenceState = z.enum(["joined", "left", "typing", "idle"]);
export const presence = z.object({
  userId: z.string(),
  name: z.string().optional(),
  state: presenceState,
  connections: z.int(),
});
export type Presence = z.infer<typeof presence>;
