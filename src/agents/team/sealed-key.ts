import type { KeySource } from "../../resources/agent";

/** Opens what was sealed for storage; `undefined` where it cannot be opened (any more). */
export type Unseal = (sealed: string) => Promise<string | undefined>;

/** A stored key, opened; `undefined` where it cannot be, for whatever reason. */
export async function openedKey(
  source: Extract<KeySource, { from: "sealed" }>,
  unseal: Unseal | undefined,
): Promise<string | undefined> {
  try {
    return await unseal?.(source.sealed);
  } catch {
    // Why is the operator's to know, and a message could hold what is sealed.
    return undefined;
  }
}
