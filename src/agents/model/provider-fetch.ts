/**
 * How providers are reached. Redirects are not followed: they would lead past the check of the
 * address. The body of a refusal is dropped unread: it is the provider's own text, of any size.
 */
export function providerFetch(heard: () => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "manual" });
    if (!response.ok) {
      void response.body?.cancel().catch(() => {});
      return new Response(null, { status: response.status, headers: response.headers });
    }
    const tap = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        heard();
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(tap) ?? null, response);
  };
}
