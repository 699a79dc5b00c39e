import type * as z from "zod";
import { refuse } from "./errors";
import { parseJson } from "./json";

export const BAD_CURSOR = refuse("invalid_request", "The cursor is not one of this list.", {
  issues: [{ path: "cursor", message: "not a cursor of this list" }],
});

/** Where a page ended, as opaque text for the caller: JSON in base64url. */
export function encodeCursor(position: Record<string, string | number>): string {
  return btoa(JSON.stringify(position))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Undefined where the text is no cursor of this schema. */
export function decodeCursor<T>(schema: z.ZodType<T>, text: string): T | undefined {
  let decoded: string;
  try {
    decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const json = parseJson(decoded);
  return json.ok ? schema.safeParse(json.value).data : undefined;
}
