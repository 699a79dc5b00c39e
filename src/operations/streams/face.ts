import * as z from "zod";
import { taskId } from "../../protocol/ids";
import type { Face } from "../operation";

/** Digits of a number of the log in an offset, so that later ones sort after earlier ones. */
export const OFFSET_DIGITS = 15;

const offset = z
  .string()
  .regex(/^(?:-1|now|[^-\s]{1,64}-\d{15})$/, { error: "-1, now, or what an answer has given" });

/** Durable Streams, to read: a task's log is one, its events are the messages. */
export const STREAMS = {
  below: ["/streams"],
  via: "streams",
  groups: {
    tasks: {
      read: {
        id: "readTaskStream",
        tag: "Streams",
        method: "get",
        path: "/streams/tasks/{taskId}",
        params: { taskId },
        summary: "Read a task's log as a durable stream",
        scope: "read",
        // Clients of this protocol add fields of their own.
        query: z.looseObject({
          offset: offset.optional(),
          live: z.enum(["long-poll", "sse"]).optional(),
        }),
        status: 200,
        media: "text/event-stream",
      },
    },
  },
} as const satisfies Face;
