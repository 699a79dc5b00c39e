import * as z from "zod";
import { clientMessageId } from "../../../protocol/content";
import type { JsonObject } from "../../../protocol/json";

/** Kept with a user's message and its turn: how the client that sent it calls them. */
const mark = z.object({ messageId: clientMessageId, runId: clientMessageId });
export type Mark = z.infer<typeof mark>;

const NAME = "agui";

export function marked(value: Mark): JsonObject {
  return { [NAME]: value };
}

/** Anybody may have written it. */
export function markIn(metadata: Record<string, unknown>): Mark | undefined {
  return mark.safeParse(metadata[NAME]).data;
}
