export type Endpoint =
  | {
      ok: true;
      /** Where the request goes; the second, if there is one, where the first does not exist. */
      urls: readonly [string] | readonly [string, string];
    }
  | { ok: false; reason: string };

const CHAT = "/chat/completions";
/** Addresses of other calls, as they are copied from a provider's page. */
const OTHER_CALL = /\/(completions|responses|messages|embeddings|models|generate)$/;
const VERSION = /\/v\d+[a-z0-9]*(\/|$)/;

/**
 * The address of chat completions that a `baseUrl` means. It may end in a version (`…/v1`), in `/chat/completions`,
 * or in neither: then it is taken as given, and with `/v1` where that does not exist. Its query is kept.
 */
export function endpointOf(baseUrl: string, query: Record<string, string> = {}): Endpoint {
  if (!URL.canParse(baseUrl)) return { ok: false, reason: "is not a URL" };
  const url = new URL(baseUrl);
  url.hash = "";
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const path = url.pathname.replace(/\/+$/, "");
  if (path.endsWith(CHAT)) return { ok: true, urls: [at(url, path)] };
  if (OTHER_CALL.test(path)) {
    return {
      ok: false,
      reason: "is that of another call: it must end in /v1 or in /chat/completions",
    };
  }
  const given = at(url, path + CHAT);
  if (VERSION.test(path)) return { ok: true, urls: [given] };
  return { ok: true, urls: [given, at(url, `${path}/v1${CHAT}`)] };
}

function at(base: URL, path: string): string {
  const url = new URL(base);
  url.pathname = path;
  return url.href;
}
