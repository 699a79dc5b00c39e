import type { KnownToken } from "./lexer";

/** Where a block of which more may come is cut in two: the rest is read behind `head`, as if it began there. */
export type Cut = { length: number; head: string };

const CLOSING_FENCE = /(?:^|\n) {0,3}(`{3,}|~{3,})[~`]* *\n?$/;

/**
 * Cuts a table behind its last row, code behind its last line, a list before its last item; nothing else
 * can be. `text` is the block's, in whole lines and with the head that it was read behind.
 */
export function cutOf(block: KnownToken, text: string, head: string): Cut | undefined {
  if (block.raw !== text) return undefined;
  const length = text.length - head.length;
  switch (block.type) {
    case "code":
      if (block.codeBlockStyle === "indented" || isClosed(text)) return undefined;
      return { length, head: linesOf(text, 1) };
    case "table":
      return block.rows.length > 0 ? { length, head: linesOf(text, 2) } : undefined;
    case "list": {
      const whole = block.items.slice(0, -1);
      const read = whole.reduce((sum, { raw }) => sum + raw.length, 0);
      return read > 0 ? { length: read, head: "" } : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether the rest of a block that was cut goes on with it. */
export function goesOn(begun: KnownToken | undefined, next: KnownToken | undefined): boolean {
  if (begun?.type === "list" && next?.type === "list") return begun.ordered === next.ordered;
  return begun !== undefined && begun.type === next?.type;
}

function linesOf(text: string, count: number): string {
  return `${text.split("\n", count).join("\n")}\n`;
}

/** A fence of the kind that opened the code may have closed it. */
function isClosed(text: string): boolean {
  const closing = CLOSING_FENCE.exec(text.slice(text.indexOf("\n")))?.[1];
  return closing !== undefined && text.trimStart().startsWith(closing.slice(0, 3));
}
