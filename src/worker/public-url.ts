import type { AppContext } from "./context";
import { settingsOf } from "./current-settings";

/** The origin under which others reach the service: that of `PUBLIC_URL`, else that of the request. */
export function publicOrigin(c: AppContext): string {
  return new URL(settingsOf(c.env).PUBLIC_URL ?? c.req.url).origin;
}
