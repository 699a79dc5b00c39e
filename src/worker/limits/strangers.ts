import { networkOf } from "../../platform/ip-address";
import { Remembered } from "../../platform/remembered";
import { isWithin, RETRY_AFTER_MS } from "./wall";

/** Addresses that have had enough: past so many an attacker has more addresses than a wall helps against. */
const CLOSED = 10_000;

// Of all requests of this isolate: a flood is refused without asking the limiter each time.
const closed = new Remembered(CLOSED);

/** For what an address may try so many times: each has a count of its own. */
export type Attempt = "credential" | "health" | "system";

/**
 * Whether whoever is behind a request may cost the service one more look, before anything is known
 * of them; each call counts. Always where no address is told: then another worker of the operator's
 * asks, since the platform puts it on everything that comes from outside.
 */
export async function mayTry(
  request: Request,
  env: Env,
  { attempt, now }: { attempt: Attempt; now: number },
): Promise<boolean> {
  const address = request.headers.get("CF-Connecting-IP");
  if (address === null) return true;
  const key = `${attempt} ${networkOf(address) ?? "no address"}`;
  if (closed.has(key, now)) return false;
  if (await isWithin(env.ADDRESS_LIMIT, key)) return true;
  closed.add(key, now + RETRY_AFTER_MS);
  return false;
}
