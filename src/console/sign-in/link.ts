import { keepToken, keptToken } from "./token-store";

/** Who may come in: at once, or after they have said so. */
export type Arrival = { token: string | undefined; offered: string | undefined };

/**
 * Where a link with `#token=…` alone signs in: on the machine that printed it. Elsewhere the link may be
 * anybody's, who would have others write into their own account: there it only fills in the form.
 */
export function isOwnMachine(hostname: string): boolean {
  return (
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) || hostname.endsWith(".localhost")
  );
}

/** Takes the token out of the address before anything else is done, so that no history keeps it. */
export function takeLinkToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return undefined;
  history.replaceState(history.state, "", `${location.pathname}${location.search}`);
  return token.trim() || undefined;
}

/** What the address brings comes before what an earlier visit left. */
export function arrive(): Arrival {
  const link = takeLinkToken();
  if (link === undefined || !isOwnMachine(location.hostname)) {
    return { token: keptToken(), offered: link };
  }
  keepToken(link, false);
  return { token: link, offered: undefined };
}
