import { type Fields, isFields, jsonOf, listOf } from "./json";

/** Fields whose pieces are put together; all others are as the last piece has them. */
const TEXTS = ["text", "summary", "data"];
/** UTF-16 units as JSON of what is kept of one answer. */
const MOST_UNITS = 128 * 1024;

/**
 * The thinking of an answer as some providers want it back with its calls, piece by piece: with signatures, or
 * sealed. Without it they refuse what follows, or think anew.
 */
export class ReasoningDetails {
  readonly #details: Fields[] = [];

  /** Takes a chunk's `reasoning_details`. */
  take(said: unknown): void {
    for (const piece of listOf(said)) {
      if (!isFields(piece)) continue;
      const last = this.#details.at(-1);
      if (last && isSame(last, piece)) Object.assign(last, joined(last, piece));
      else this.#details.push({ ...piece });
    }
  }

  /** JSON text of all of it; nothing where there is none, or more than is kept. */
  get json(): string | undefined {
    if (this.#details.length === 0) return undefined;
    const text = JSON.stringify(this.#details);
    return text.length > MOST_UNITS ? undefined : text;
  }
}

/** What `json` gave, as a request has it. */
export function detailsIn(json: unknown): unknown[] | undefined {
  const details = typeof json === "string" ? jsonOf(json) : undefined;
  return Array.isArray(details) ? details : undefined;
}

/** Sealed thinking comes whole. */
function isSame(last: Fields, piece: Fields): boolean {
  const isSealed = last.type === "reasoning.encrypted";
  return !isSealed && last.type === piece.type && last.index === piece.index;
}

function joined(last: Fields, piece: Fields): Fields {
  const told = Object.entries(piece).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    told.map(([name, value]) => {
      const before = last[name];
      const isText = TEXTS.includes(name) && typeof before === "string";
      return [name, isText && typeof value === "string" ? before + value : value];
    }),
  );
}
