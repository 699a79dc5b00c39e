import { ToolFailed } from "./tool-text";

/** Bytes of one answer of a tool's server; what a model could use of it is far less. */
const ANSWER_BYTES = 4 * 1024 * 1024;
/** How long a session's end may take; nobody waits for it. */
const GOODBYE_MS = 5000;

/**
 * How MCP servers are reached: redirects are not followed (they would lead past the check of the
 * address), answers are bounded, and no stream for messages of the server's own is opened.
 */
export async function mcpFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  if (init?.method === "GET") return new Response(null, { status: 405 });
  const goodbye = init?.method === "DELETE" ? { signal: AbortSignal.timeout(GOODBYE_MS) } : {};
  const response = await fetch(input, { ...init, ...goodbye, redirect: "manual" });
  if (response.status < 300 || response.status >= 400) {
    return new Response(response.body?.pipeThrough(boundedBytes()) ?? null, response);
  }
  void response.body?.cancel().catch(() => {});
  return new Response(null, { status: response.status });
}

function boundedBytes(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES) controller.error(new ToolFailed("The tool's answer is too large."));
      else controller.enqueue(chunk);
    },
  });
}
