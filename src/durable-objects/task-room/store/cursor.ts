import * as z from "zod";
import { messageId, turnId } from "../../../protocol/ids";

// Where a page of each of a room's lists ended.

export const turnCursor = z.strictObject({ before: turnId });
export const messageCursor = z.union([
  z.strictObject({ before: messageId }),
  z.strictObject({ after: messageId }),
]);

export const eventCursor = z.strictObject({ after: z.int().min(0) });
export const entryCursor = z.strictObject({ beforeSeq: z.int().min(1) });
