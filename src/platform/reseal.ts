import * as z from "zod";
import { isSealedWith, seal, unseal } from "./sealing";

/** What became of sealed texts. */
export const resealCount = z.object({
  /** Sealed anew, with the first key. */
  resealed: z.int(),
  /** Sealed with the first key already. */
  current: z.int(),
  /** Opened by none of the keys: left as they are. */
  lost: z.int(),
});
export type ResealCount = z.infer<typeof resealCount>;

type Resealed = { became: keyof ResealCount; text?: string };

/** A sealed text under the first of `keys`; done again, it changes nothing. */
export async function reseal(
  keys: readonly string[],
  sealed: string,
  identity: string,
): Promise<Resealed> {
  const [first, ...older] = keys;
  if (first === undefined) return { became: "lost" };
  if (await isSealedWith(first, sealed)) return { became: "current" };
  const secret = await unseal(older, sealed, identity);
  if (secret === undefined) return { became: "lost" };
  return { became: "resealed", text: await seal([first], secret, identity) };
}

/** Counts what became of texts, and hands on those that are to be stored. */
export function tally() {
  const seen: ResealCount = { resealed: 0, current: 0, lost: 0 };
  return {
    seen,
    note({ became, text }: Resealed): string | undefined {
      seen[became]++;
      return text;
    },
  };
}

export function added(a: ResealCount, b: ResealCount): ResealCount {
  return {
    resealed: a.resealed + b.resealed,
    current: a.current + b.current,
    lost: a.lost + b.lost,
  };
}
