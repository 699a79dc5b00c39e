const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `30s`, `15m`, `1h`, `7d` in seconds; nothing where the text says none of these. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text);
  const [, count, unit] = match ?? [];
  if (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d") return undefined;
  return Number(count) * SECONDS[unit];
}
