import { refuse } from "../protocol/errors";
import { recoveryToken } from "../protocol/session";
import { RefusedRequest } from "./problem";

/** A recovery token of the right form; throws `recovery_invalid`, as for one that nobody knows. */
export function readRecoveryToken(text: string): string {
  const parsed = recoveryToken.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RefusedRequest(refuse("recovery_invalid", "The recovery token is not valid"));
}
