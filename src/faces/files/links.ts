import type { ShownFile } from "./shown-file";

/** Where a text names a file: UTF-16 units, `end` past the last. */
export type Link = { file: ShownFile; start: number; end: number };

/**
 * Files as a text has them, for protocols whose answers are text: a Markdown link for each, on lines of their
 * own below what is said. No words where there are none.
 */
export function linksTo(
  files: readonly ShownFile[],
  { below }: { below: string },
): { text: string; links: Link[] } {
  const links: Link[] = [];
  let text = "";
  for (const file of files) {
    if (text !== "") text += "\n";
    else if (below !== "") text += "\n\n";
    const start = text.length;
    text += `[${file.name.replaceAll(/[[\]\\]/g, "\\$&")}](${file.url})`;
    links.push({ file, start, end: text.length });
  }
  return { text, links };
}
