import { refuse } from "../../../protocol/errors";
import type { Tables } from "../tables";

export const REVOKED = refuse("unauthorized", "The API key was revoked.");

/** Whether an API key was revoked; nothing is, where none comes with one. */
export function isRevoked(tables: Tables | null, keyId: string | undefined): boolean {
  return keyId !== undefined && tables?.revokedKeys.userOf(keyId) !== undefined;
}
