/** An hour: an agent that asks for longer has made a mistake, or should fail the turn. */
const LONGEST_MS = 60 * 60 * 1000;

/**
 * How long an agent asks to wait, in milliseconds, at most an hour; `undefined` when it does not
 * say. RFC 9110 section 10.2.3 (seconds or a date), and the finer `retry-after-ms` that some send.
 */
export function retryAfterMs(
  headers: Record<string, string | undefined>,
  now = Date.now(),
): number | undefined {
  const waits = [
    amount(headers["retry-after-ms"], 1),
    amount(headers["retry-after"], 1000),
    until(headers["retry-after"], now),
  ];
  const wait = waits.find((item) => item !== undefined);
  return wait === undefined ? undefined : Math.ceil(Math.min(Math.max(wait, 0), LONGEST_MS));
}

function amount(text: string | undefined, unitMs: number): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * unitMs : undefined;
}

function until(text: string | undefined, now: number): number | undefined {
  // A date has letters; `Date.parse` would take "-5" for one.
  if (text === undefined || !/[a-z]/i.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time - now;
}
