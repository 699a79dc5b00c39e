import { exports } from "cloudflare:workers";
import { ORIGIN, tokenOf } from "../../support/room-client";

/** A message that somebody sends over a face, with a file by its address; `key` names it for its sender. */
export type Sent = { urls: string[]; key: string; team?: string; text?: string };
type Request = { path: string; body: object; headers?: Record<string, string> };

/** How each protocol's clients send it; none waits for the answer's end. */
export const WAYS: Record<string, (sent: Sent) => Request> = {
  "the AI SDK": ({ urls, key, team, text = "see" }) => {
    const files = urls.map((url) => ({ type: "file", mediaType: "image/png", url }));
    const parts = [...files, { type: "text", text }];
    const message = { id: `m-${key}`, role: "user", parts };
    return { path: "/ai-sdk/chat", body: { id: key, team, messages: [message] } };
  },
  "chat completions": ({ urls, team, text = "see" }) => {
    const images = urls.map((url) => ({ type: "image_url", image_url: { url } }));
    const content = [{ type: "text", text }, ...images];
    const messages = [{ role: "user", content }];
    return { path: "/openai/v1/chat/completions", body: { model: team, messages, stream: true } };
  },
  responses: ({ urls, team, text = "see" }) => {
    const images = urls.map((url) => ({ type: "input_image", image_url: url }));
    const content = [{ type: "input_text", text }, ...images];
    const input = [{ role: "user", content }];
    return { path: "/openai/v1/responses", body: { model: team, input, background: true } };
  },
  "AG-UI": ({ urls, key, team = "system/assistant", text = "see" }) => {
    const images = urls.map((value) => ({ type: "image", source: { type: "url", value } }));
    const content = [{ type: "text", text }, ...images];
    const messages = [{ id: `m-${key}`, role: "user", content }];
    return { path: `/ag-ui/${team}`, body: { threadId: key, runId: `r-${key}`, messages } };
  },
  A2A: ({ urls, key, team = "system/assistant", text = "see" }) => {
    const parts = [{ text }, ...urls.map((url) => ({ url }))];
    const message = { messageId: `m-${key}`, contextId: key, role: "ROLE_USER", parts };
    const params = { message, configuration: { returnImmediately: true } };
    const body = { jsonrpc: "2.0", id: 1, method: "SendMessage", params };
    return { path: `/a2a/${team}`, body, headers: { "A2A-Version": "1.0" } };
  },
};

/** Sends it; `isAgain`: as OpenAI's clients say that they ask again. */
export async function send(
  user: string,
  way: string,
  sent: Sent,
  { isAgain = false } = {},
): Promise<Response> {
  const { path, body, headers = {} } = WAYS[way]?.(sent) ?? { path: "", body: {} };
  return exports.default.fetch(ORIGIN + path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: user })}`,
      ...(isAgain && { "X-Stainless-Retry-Count": "1" }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}
