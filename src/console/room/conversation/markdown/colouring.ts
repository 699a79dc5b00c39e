import hljs from "highlight.js/lib/common";
import { sanitized } from "./sanitize";

/** Code in the colours of its language; nothing where the language is not known. */
export function colouredCode(code: string, language: string): DocumentFragment | undefined {
  if (!hljs.getLanguage(language)) return undefined;
  const { value } = hljs.highlight(code, { language, ignoreIllegals: true });
  return sanitized(value, "code");
}
