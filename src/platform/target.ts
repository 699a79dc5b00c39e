import { isPublicV4, isPublicV6 } from "./ip-address";

export type TargetCheck = { ok: true; url: URL } | { ok: false; reason: string };

/** Names that no public DNS answers for, and some inner network may. */
const INNER_NAMES = ["localhost", "localdomain", "local", "internal", "home.arpa"];

/**
 * Whether the service may call an address that a user gave (contract section 9): https, no
 * credentials, no private, loopback or link-local address in any notation. `allowPrivate` also
 * lets http and private addresses pass. A name is not resolved: what it points to is not checked.
 */
export function checkTarget(text: string, options: { allowPrivate: boolean }): TargetCheck {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const reason = url ? objection(url, options.allowPrivate) : "is not a URL";
  return url && !reason ? { ok: true, url } : { ok: false, reason: reason ?? "is not a URL" };
}

function objection(url: URL, allowPrivate: boolean): string | undefined {
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:")) {
    return "must be an https address";
  }
  if (url.username || url.password) return "must not contain credentials";
  return allowPrivate || isPublicHost(url.hostname) ? undefined : "must be a public address";
}

// The URL parser has already turned decimal, octal, hexadecimal, short and full-width notations
// of IPv4 into four decimal numbers, and IPv6 into its shortest form.
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicV6(hostname.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(hostname)) return isPublicV4(hostname);
  const name = hostname.replace(/\.+$/, "");
  if (!name.includes(".")) return false;
  return !INNER_NAMES.some((inner) => name.endsWith(`.${inner}`));
}
