import {
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";
import { refuse } from "../../protocol/errors";
import type { AppContext } from "../../worker/context";
import { settingsOf } from "../../worker/current-settings";
import { RefusedRequest } from "../../worker/problem";

const LOCAL = localhostAllowedHostnames();

/**
 * Refuses a request of a page that has come by a name which was made to lead here (DNS rebinding): `Host`
 * and `Origin` are names of a list, and it is not enough that they are the same.
 */
export function mustBeOurs(c: AppContext): void {
  const { PUBLIC_URL, ALLOWED_ORIGINS } = settingsOf(c.env);
  const listed = ALLOWED_ORIGINS.map(hostnameOf);
  const own = PUBLIC_URL === undefined ? LOCAL : ownNames(hostnameOf(PUBLIC_URL));
  const host = c.req.header("Host") ?? new URL(c.req.url).host;
  if (!validateHostHeader(host, [...own, ...listed]).ok) {
    throw notOurs("This name of the service is not that of PUBLIC_URL");
  }
  if (!validateOriginHeader(c.req.header("Origin"), [...own, ...listed]).ok) {
    throw notOurs("This origin is not in ALLOWED_ORIGINS");
  }
}

/** In development a service has all names of the machine that it runs on. */
function ownNames(name: string): string[] {
  return LOCAL.includes(name) ? LOCAL : [name];
}

function hostnameOf(address: string): string {
  return URL.parse(address)?.hostname ?? address;
}

function notOurs(message: string): RefusedRequest {
  return new RefusedRequest(refuse("forbidden", message));
}
