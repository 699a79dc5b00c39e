import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4Prompt,
  type LanguageModelV4StreamPart,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { Attachment } from "../../protocol/files/attachment";
import { estimateTokens } from "../model/tokens";
import { DEMO_PICTURE } from "./demo-picture";
import { type DemoScript, demoScript } from "./demo-script";

/**
 * The built-in demo model: no network, no intelligence, everything else as a provider does it.
 * The directives that a user's message may contain are described at `demoScript`. Only what the step
 * itself asks directs it: a prompt may join messages that had no answer with the last. `attempt`
 * counts from 1.
 */
export function demoModel(
  modelId: string,
  {
    attempt,
    input,
    phase,
    attachments = [],
  }: { attempt: number; input: string; phase?: string; attachments?: Attachment[] },
): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "demo",
    modelId,
    supportedUrls: {},
    async doStream({ prompt, abortSignal }: LanguageModelV4CallOptions) {
      const script = demoScript(input, attempt, { role: phase, attachments });
      if (script.ending === "unavailable") throw refusal(503);
      if (script.ending === "rejected") throw refusal(400);
      return { stream: streamOf(parts(script, prompt, abortSignal)) };
    },
    doGenerate() {
      throw new UnsupportedFunctionalityError({ functionality: "answers in one piece" });
    },
  };
}

async function* parts(
  script: DemoScript,
  prompt: LanguageModelV4Prompt,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: "stream-start", warnings: [] };
  if (script.ending === "silence") await aborted(signal);
  const blocks = [
    { kind: "reasoning", id: "thinking", content: script.thinking },
    { kind: "text", id: "text", content: script.text },
  ] as const;
  for (const { kind, id, content } of blocks) {
    if (!content) continue;
    yield { type: `${kind}-start`, id };
    for (const delta of pieces(content)) {
      signal?.throwIfAborted();
      if (script.pauseMs > 0) await pause(script.pauseMs, signal);
      yield { type: `${kind}-delta`, id, delta };
    }
    yield { type: `${kind}-end`, id };
  }
  if (script.picture) {
    yield { type: "file", mediaType: "image/png", data: { type: "data", data: DEMO_PICTURE } };
  }
  yield {
    type: "finish",
    finishReason: { unified: "stop", raw: "stop" },
    usage: usageOf(script, prompt),
  };
}

function streamOf(
  source: AsyncGenerator<LanguageModelV4StreamPart>,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream<LanguageModelV4StreamPart>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
  });
}

/** A few words each; loses nothing and splits no character. */
function pieces(text: string): string[] {
  return text.match(/(?:\s*\S{1,24}){1,3}\s*|\s+/gu) ?? [];
}

/** Rejects as soon as `signal` is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function textOf({ content }: LanguageModelV4Prompt[number]): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function usageOf(script: DemoScript, prompt: LanguageModelV4Prompt) {
  const input = prompt.reduce((sum, message) => sum + estimateTokens(textOf(message)), 0);
  const reasoning = estimateTokens(script.thinking);
  const text = estimateTokens(script.text);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: text + reasoning, text, reasoning },
  };
}

function refusal(statusCode: number): APICallError {
  return new APICallError({
    message: "asked for by the message",
    url: "demo:",
    requestBodyValues: {},
    statusCode,
  });
}
