import * as z from "zod";

/** A position in a task's log, as a query has it. */
export const logPosition = z
  .string()
  .regex(/^\d{1,15}$/, { error: "not a whole number" })
  .transform(Number)
  .pipe(z.int().min(0));

/** `Last-Event-ID` of an event stream: `<epoch>-<seq>`. */
export const lastEventId = z
  .string()
  .regex(/^[^-\s]{1,64}-\d{1,15}$/, { error: "not of the form <epoch>-<seq>" })
  .transform((text) => {
    const cut = text.lastIndexOf("-");
    return { epoch: text.slice(0, cut), after: Number(text.slice(cut + 1)) };
  });

/** The query of a room's upgrade: where to resume (contract section 4). */
export const joinRoom = z.strictObject({
  after: logPosition.optional(),
  epoch: z.string().min(1).max(64).optional(),
});
