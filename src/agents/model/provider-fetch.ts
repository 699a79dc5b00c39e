import { plainDeltas, type Say } from "./plain-deltas";

const listeners = new WeakMap<AbortSignal, Say>();

/** Has the plain words of the call with this signal said at once, past the AI SDK, which never sees them. */
export function hearWords(signal: AbortSignal, say: Say): void {
  listeners.set(signal, say);
}

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
  const say = init?.signal ? listeners.get(init.signal) : undefined;
  return new Response(response.body && plainDeltas(response.body, say), response);
}
