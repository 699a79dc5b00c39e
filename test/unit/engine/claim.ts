export function claim(holds: boolean, rule: string, seen: unknown): asserts holds {
  if (!holds) throw new Error(`${rule}: ${JSON.stringify(seen)}`);
}
