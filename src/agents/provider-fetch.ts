import { gatheredDeltas } from "./gathered-deltas";

/**
 * How providers are reached. Redirects are not followed: they would lead past the check of the
 * address. The body of a refusal is dropped unread: it is the provider's own text, of any size.
 */
export async function providerFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: "manual" });
  if (!response.ok) {
    void response.body?.cancel().catch(() => {});
    return new Response(null, { status: response.status, headers: response.headers });
  }
  return new Response(response.body && gatheredDeltas(response.body), response);
}
