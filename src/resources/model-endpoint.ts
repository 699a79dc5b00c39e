export type Endpoint =
  | {
      ok: true;
      /** Where the request goes; the second, if there is one, where the first does not exist. */
      urls: readonly [string] | readonly [string, string];
    }
  | { ok: false; reason: string };

/** What is called there: chat completions, OpenAI's Responses or Anthropic's messages. */
export type ModelCall = "/chat/completions" | "/responses" | "/messages";

/** Addresses of other calls, as they are copied from a provider's page. */
const OTHER_CALL = /\/(completions|responses|messages|embeddings|models|generate)$/;
const VERSION = /\/v\d+[a-z0-9]*(\/|$)/;

/**
 * The address of a call that a `baseUrl` means. It may end in a version (`…/v1`), in the call itself, or in
 * neither: then it is taken as given, and with `/v1` where that does not exist. Its query is kept.
 */
export function endpointOf(
  baseUrl: string,
  query: Record<string, string> = {},
  call: ModelCall = "/chat/completions",
): Endpoint {
  if (!URL.canParse(baseUrl)) return { ok: false, reason: "is not a URL" };
  const url = new URL(baseUrl);
  url.hash = "";
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const path = url.pathname.replace(/\/+$/, "");
  if (path.endsWith(call)) return { ok: true, urls: [at(url, path)] };
  if (OTHER_CALL.test(path)) {
    return {
      ok: false,
      reason: `is that of another call: it must end in /v1 or in ${call}`,
    };
  }
  const given = at(url, path + call);
  if (VERSION.test(path)) return { ok: true, urls: [given] };
  const versioned = at(url, `${path}/v1${call}`);
  // Addresses for Anthropic's own clients are written without the version.
  return { ok: true, urls: call === "/messages" ? [versioned, given] : [given, versioned] };
}

function at(base: URL, path: string): string {
  const url = new URL(base);
  url.pathname = path;
  return url.href;
}
