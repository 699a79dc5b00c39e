import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamResult,
} from "@ai-sdk/provider";
import { type Endpoint, endpointOf } from "../../../resources/model-endpoint";
import { ownHeaders } from "../own-headers";
import { answerStream } from "./answer-stream";
import { generated } from "./generated";
import { type BodyOptions, requestBody } from "./request/request-body";
import { misplaced } from "./transport/endpoint-fetch";
import { firstAnswer } from "./transport/first-answer";
import { refusedResponse } from "./transport/refused-response";

export type CompatibleOptions = BodyOptions & {
  baseUrl: string;
  apiKey?: string | undefined;
  /** Over our own, but for those of the connection. */
  headers?: Record<string, string> | undefined;
  /** Added to the address. */
  query?: Record<string, string> | undefined;
  /** Whether `<think>…</think>` in the text is thinking; absent: yes. */
  thinkTags?: boolean | undefined;
  /** `modelFetch(…)`, or one that behaves like it. */
  fetch: typeof fetch;
};

/** A model behind OpenAI's chat completions, as dozens of servers speak them. */
export function compatibleModel(options: CompatibleOptions): LanguageModelV4 {
  const endpoint = endpointOf(options.baseUrl, options.query);
  const doStream = (call: LanguageModelV4CallOptions) => stream(call, options, endpoint);
  return {
    specificationVersion: "v4",
    provider: "openai-compatible",
    modelId: options.model,
    supportedUrls: {},
    doStream,
    doGenerate: async (call) => generated((await doStream(call)).stream),
  };
}

async function stream(
  call: LanguageModelV4CallOptions,
  options: CompatibleOptions,
  endpoint: Endpoint,
): Promise<LanguageModelV4StreamResult> {
  if (!endpoint.ok) throw misplaced(endpoint.reason);
  const { body, warnings } = requestBody(call, options);
  const init: RequestInit = {
    method: "POST",
    headers: headersOf(options, call),
    body: JSON.stringify(body),
    ...(call.abortSignal ? { signal: call.abortSignal } : {}),
  };
  const response = await firstAnswer(endpoint.urls, (url) => sent(url, init, options.fetch));
  const toolNames = (call.tools ?? []).map(({ name }) => name);
  const { thinkTags = true } = options;
  return {
    stream: answerStream(response.body ?? new Blob([]).stream(), {
      ...{ thinkTags, toolNames, warnings },
      signal: call.abortSignal,
    }),
  };
}

function headersOf(
  { apiKey, headers: own = {} }: CompatibleOptions,
  call: LanguageModelV4CallOptions,
): Headers {
  const headers = new Headers({ "content-type": "application/json" });
  if (apiKey) headers.set("authorization", `Bearer ${apiKey}`);
  for (const [name, value] of ownHeaders(own, [])) headers.set(name, value);
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}

async function sent(url: string, init: RequestInit, send: typeof fetch): Promise<Response> {
  const response = await send(url, init);
  if (!response.ok) throw await refusedResponse(response);
  return response;
}
