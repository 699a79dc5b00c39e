const UNITS = 5;

/** What the model says in one answer: words that are all different, so that none can stand in for another. */
export class Script {
  readonly text: string;
  readonly tokens: number;
  /** Tokens a second; nothing where it is as fast as they are taken. */
  readonly perSecond: number | undefined;
  /** When each token was handed to the network; milliseconds of `performance.now()`. */
  readonly writtenAt: Float64Array;
  /** When the provider was asked. */
  askedAt = 0;

  constructor(tokens: number, perSecond?: number) {
    this.tokens = tokens;
    this.perSecond = perSecond;
    this.writtenAt = new Float64Array(tokens);
    this.text = Array.from({ length: tokens }, (_, i) => word(i)).join("");
  }

  /** How many tokens have been said when the text is so long. */
  tokensIn(units: number): number {
    return Math.floor(units / UNITS);
  }

  /** The text of tokens `from` (inclusive) to `until` (exclusive). */
  part(from: number, until: number): string {
    return this.text.slice(from * UNITS, until * UNITS);
  }
}

function word(index: number): string {
  return `${index.toString(36).padStart(UNITS - 1, "0")} `;
}
