/** Bytes of one line of a stream: no chunk of an answer is longer, and one must not fill memory. */
const LINE_BYTES = 8 * 1024 * 1024;
const NEWLINE = 10;

/** A line of a provider's stream does not end. */
export class OverlongLine extends Error {
  constructor() {
    super("a line of the stream is too long");
  }
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
  return new Response(response.body?.pipeThrough(boundedLines()) ?? null, response);
}

function boundedLines(): TransformStream<Uint8Array, Uint8Array> {
  let lineBytes = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      const newline = bytes.lastIndexOf(NEWLINE);
      lineBytes = newline < 0 ? lineBytes + bytes.length : bytes.length - newline - 1;
      if (lineBytes > LINE_BYTES) controller.error(new OverlongLine());
      else controller.enqueue(bytes);
    },
  });
}
