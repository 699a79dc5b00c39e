import { logError } from "../platform/platform-log";
import { type Settings, settings } from "../platform/settings";
import { issuesOf, refuse } from "../protocol/errors";
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
  if (!parsed.success && !known.has(env)) {
    logError("settings_invalid", { settings: issuesOf(parsed.error) });
  }
  known.set(env, parsed.data ?? null);
  return parsed.data ?? null;
}
