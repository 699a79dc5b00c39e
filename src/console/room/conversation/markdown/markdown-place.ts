import { parseBlocks, settledLength } from "./parse";
import { sanitized } from "./sanitize";

type Shown = { html: string; nodes: ChildNode[] };

/**
 * Where a text is shown that grows. Only its last block is parsed and drawn anew with each addition,
 * so that a long answer costs no more per frame than a short one, and a selection survives.
 */
export class MarkdownPlace {
  readonly #box: Element;
  /** The part that no addition can change. */
  #settled = "";
  #settledBlocks = 0;
  #shown: Shown[] = [];

  constructor(box: Element) {
    this.#box = box;
  }

  show(text: string): void {
    if (!text.startsWith(this.#settled)) {
      this.#settled = "";
      this.#settledBlocks = 0;
    }
    const tail = text.slice(this.#settled.length);
    const settled = settledLength(tail);
    const blocks = parseBlocks(tail);
    this.#draw(blocks.map(({ html }) => html));
    let length = 0;
    for (const { raw } of blocks) {
      length += raw.length;
      if (length > settled) break;
      this.#settledBlocks += 1;
    }
    this.#settled = text.slice(0, this.#settled.length + settled);
  }

  /** Replaces what differs behind the settled blocks. */
  #draw(htmls: string[]): void {
    const old = this.#shown.slice(this.#settledBlocks);
    const same = htmls.findIndex((html, i) => old[i]?.html !== html);
    const keep = this.#settledBlocks + (same < 0 ? htmls.length : same);
    for (const { nodes } of this.#shown.splice(keep)) for (const node of nodes) node.remove();
    for (const html of htmls.slice(keep - this.#settledBlocks)) {
      const fragment = sanitized(html);
      this.#shown.push({ html, nodes: [...fragment.childNodes] });
      this.#box.append(fragment);
    }
  }
}
