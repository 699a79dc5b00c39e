import { isOwnMachine } from "./own-machine";
import { keepToken, keptToken } from "./token-store";

/** Who may come in: at once, or after they have said so. */
export type Arrival = { token: string | undefined; offered: string | undefined };

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
