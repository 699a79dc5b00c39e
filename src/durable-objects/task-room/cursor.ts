import * as z from "zod";
import { messageId, turnId } from "../../protocol/ids";
import { parseJson } from "../../protocol/json";

// Opaque to callers: base64url of JSON, read back through a schema.

export const turnCursor = z.strictObject({ before: turnId });
export const messageCursor = z.union([
  z.strictObject({ before: messageId }),
  z.strictObject({ after: messageId }),
]);

export const eventCursor = z.strictObject({ after: z.int().min(0) });
export const entryCursor = z.strictObject({ beforeSeq: z.int().min(1) });

export function writeCursor(value: object): string {
  return btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Nothing where the text is no cursor of this kind. */
export function readCursor<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const json = parseJson(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    return json.ok ? schema.safeParse(json.value).data : undefined;
  } catch {
    // Not base64.
    return undefined;
  }
}
