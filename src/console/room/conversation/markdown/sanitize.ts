import DOMPurify, { type Config } from "dompurify";

const KINDS: Record<"code" | "math", Config> = {
  code: { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"] },
  math: {
    USE_PROFILES: { mathMl: true },
    FORBID_TAGS: ["style", "annotation"],
    // The formula as it was written, which would be shown beside what it means.
    FORBID_CONTENTS: ["annotation"],
    FORBID_ATTR: ["style", "href", "id"],
  },
};

/** Nodes of what a library has made of somebody's words, whatever the words made it do. */
export function sanitized(html: string, kind: keyof typeof KINDS): DocumentFragment {
  return DOMPurify.sanitize(html, {
    ...KINDS[kind],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}
