import katex from "katex";
import { sanitized } from "./sanitize";

/** A formula as MathML, which browsers draw by themselves: it needs no fonts, and no styles of its own. */
export function typeset(text: string, displayMode: boolean): DocumentFragment | undefined {
  try {
    const options = {
      displayMode,
      output: "mathml",
      throwOnError: true,
      strict: "ignore",
    } as const;
    return sanitized(katex.renderToString(text, { ...options, maxExpand: 200 }), "math");
  } catch {
    // What is no formula stays as it was written.
    return undefined;
  }
}
