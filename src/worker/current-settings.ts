import { logError, logWarning } from "../platform/platform-log";
import { type Settings, settings } from "../platform/settings";
import { refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { RefusedRequest } from "./problem";

// An isolate has one env, so this reads and checks the settings once.
const known = new WeakMap<Env, Settings | null>();

/** The checked settings. Throws `unavailable` where one is not valid: the log names it, never its value. */
export function settingsOf(env: Env): Settings {
  const current = known.get(env) ?? read(env);
  if (current) return current;
  throw new RefusedRequest(refuse("unavailable", "The service is not configured correctly"));
}

function read(env: Env): Settings | null {
  const parsed = settings.safeParse(env);
  if (!known.has(env)) {
    if (!parsed.success) logError("settings_invalid", { settings: issuesOf(parsed.error) });
    else warn(parsed.data);
  }
  known.set(env, parsed.data ?? null);
  return parsed.data ?? null;
}

/** What is allowed and seldom meant, once per isolate. */
function warn({ AUTH_JWKS_URL, AUTH_AUDIENCE }: Settings): void {
  if (AUTH_JWKS_URL === undefined || AUTH_AUDIENCE !== undefined) return;
  logWarning("audience_unchecked", {
    message:
      "AUTH_JWKS_URL is set without AUTH_AUDIENCE: a token that the issuer made for any other " +
      "service is let in here too. Set AUTH_AUDIENCE to the aud of tokens for this service.",
  });
}
