import { ByteBound, boundedBody, FOREIGN_REFUSAL_BYTES } from "../../platform/byte-bound";
import { ToolFailed } from "./tool-text";

/** Bytes of one answer of a tool's server; what a model could use of it is far less. */
const ANSWER_BYTES = 4 * 1024 * 1024;
/** How long a session's end may take; nobody waits for it. */
const GOODBYE_MS = 5000;

const tooLarge = () => new ToolFailed("The tool's answer is too large.");

/**
 * How MCP servers are reached: redirects are not followed (they would lead past the check of the
 * address), answers are bounded, and no stream for messages of the server's own is opened.
 */
export async function mcpFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  if (init?.method === "GET") return new Response(null, { status: 405 });
  const goodbye = init?.method === "DELETE" ? { signal: AbortSignal.timeout(GOODBYE_MS) } : {};
  const response = await fetch(input, { ...init, ...goodbye, redirect: "manual" });
  if (response.status < 300 || response.status >= 400) {
    const { body } = response;
    return new Response(body && boundedBody(body, boundOf(response), tooLarge), response);
  }
  void response.body?.cancel().catch(() => {});
  return new Response(null, { status: response.status });
}

/** A refusal's body is read whole for its message, which nobody is shown. */
function boundOf({ ok }: Response): ByteBound {
  const bytes = ok ? ANSWER_BYTES : FOREIGN_REFUSAL_BYTES;
  return new ByteBound({ eventBytes: bytes, streamBytes: bytes });
}
