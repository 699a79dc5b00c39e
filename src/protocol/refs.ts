import * as z from "zod";

/** A lower-case DNS label (RFC 1123): resource names. */
export const resourceName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: "not a lower-case DNS label",
});

/** A namespace is `system` or a user's id. */
export const namespace = z.string().min(1).max(255);

export const ref = z.object({ namespace, name: resourceName });
export type Ref = z.infer<typeof ref>;

/** What a caller is told whose reference is none. */
const WANTED =
  'a reference is text, "namespace/name" (such as "system/assistant"), or {"namespace", "name"}';

/** `namespace/name`, as text. */
export const writtenRef = z.string().transform((text, context) => {
  const cut = text.lastIndexOf("/");
  const parsed = ref.safeParse({ namespace: text.slice(0, cut), name: text.slice(cut + 1) });
  if (cut > 0 && parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: WANTED });
  return z.NEVER;
});

/** A reference as callers may write it: an object, or `namespace/name`. */
export const anyRef = z.union([z.strictObject({ namespace, name: resourceName }), writtenRef], {
  error: WANTED,
});

export function refText({ namespace, name }: Ref): string {
  return `${namespace}/${name}`;
}
