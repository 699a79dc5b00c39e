/** A day: no turn lasts longer, so that a longer wait is the same as none. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** Gives a header's value by its lower-case name. */
export type HeaderOf = (name: string) => string | undefined;

/**
 * How long a provider asks to wait by its headers, in milliseconds: `retry-after-ms`, `retry-after`
 * (RFC 9110 section 10.2.3: seconds or a date), or the reset of the limit that is used up.
 */
export function waitOfHeaders(header: HeaderOf, now: number): number | undefined {
  const plain = header("retry-after");
  const waits = [
    amount(header("retry-after-ms"), 1),
    amount(plain, 1000),
    untilDate(plain, now),
    // As an answer's body has it, with a unit.
    plain === undefined ? undefined : durationMs(plain),
    resets(header, now),
  ];
  return waits.find((wait) => wait !== undefined);
}

export function boundedWait(waitMs: number | undefined): number | undefined {
  if (waitMs === undefined || Number.isNaN(waitMs)) return undefined;
  return Math.ceil(Math.min(Math.max(waitMs, 0), LONGEST_MS));
}

function amount(text: string | undefined, unitMs: number): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * unitMs : undefined;
}

function untilDate(text: string | undefined, now: number): number | undefined {
  // A date has letters; `Date.parse` would take "-5" for one.
  if (text === undefined || !/[a-z]/i.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time - now;
}

const LIMITS = ["", "-requests", "-tokens"];

/** Of the limits that have nothing left, the one that opens last. */
function resets(header: HeaderOf, now: number): number | undefined {
  const waits = LIMITS.filter((limit) => header(`x-ratelimit-remaining${limit}`) === "0").map(
    (limit) => resetMs(header(`x-ratelimit-reset${limit}`), now),
  );
  const told = waits.filter((wait) => wait !== undefined);
  return told.length > 0 ? Math.max(...told) : undefined;
}

/** A duration with units, a date, or a number that can only be a time since 1970; a small number may be anything. */
function resetMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const number = amount(text, 1);
  if (number === undefined) return durationMs(text) ?? untilDate(text, now);
  if (number > 1e12) return number - now;
  return number > 1e9 ? number * 1000 - now : undefined;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `9.5s`, `6m0s`, `250ms`. */
export function durationMs(text: string): number | undefined {
  if (!/^\s*(\d{1,9}(\.\d{1,9})?(ms|s|m|h|d))+\s*$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return [...parts].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
}

const TOLD =
  /(?:try again|retry)(?: after| in) ((?:\d{1,9}(?:\.\d{1,9})? ?(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)(?![a-z]) ?){1,4})/i;

/** Units in words, with as many letters as `durationMs` knows. */
const WORDS: [RegExp, string][] = [
  [/milliseconds?/g, "ms"],
  [/sec(ond)?s?/g, "s"],
  [/min(ute)?s?/g, "m"],
  [/hours?/g, "h"],
];

/** "Please try again in 6m0s", "retry after 20 seconds": a last resort. */
export function waitOfText(text: string): number | undefined {
  const told = TOLD.exec(text)?.[1]?.toLowerCase().replaceAll(" ", "");
  if (told === undefined) return undefined;
  return durationMs(WORDS.reduce((said, [word, unit]) => said.replace(word, unit), told));
}
