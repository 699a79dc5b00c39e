import {
  ByteBound,
  boundedBody,
  FOREIGN_EVENT_BYTES,
  FOREIGN_REFUSAL_BYTES,
} from "../../../platform/byte-bound";
import { tooLarge } from "./mcp-fault";

/** Bytes of an answer that is a stream: its result, and all the progress before it. */
const STREAM_BYTES = 16 * 1024 * 1024;

/**
 * How MCP servers are reached: redirects are not followed (they would lead past the check of the
 * address), and answers are bounded. Reading one past its bound throws an `McpFault`.
 */
export async function mcpFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: "manual" });
  if (response.status < 300 || response.status >= 400) {
    const { body } = response;
    return new Response(body && boundedBody(body, boundOf(response), tooLarge), response);
  }
  void response.body?.cancel().catch(() => {});
  return new Response(null, { status: response.status });
}

/** Of a refusal only what a machine can read is of use. */
function boundOf({ ok }: Response): ByteBound {
  if (ok) return new ByteBound({ eventBytes: FOREIGN_EVENT_BYTES, streamBytes: STREAM_BYTES });
  return new ByteBound({ eventBytes: FOREIGN_REFUSAL_BYTES, streamBytes: FOREIGN_REFUSAL_BYTES });
}
