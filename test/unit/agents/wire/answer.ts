import type {
  LanguageModelV4File,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import { ModelFault } from "../../../../src/agents/model/refusal/model-fault";
import { answerStream } from "../../../../src/agents/model/wire/answer-stream";

export type Answer = {
  text: string;
  thinking: string;
  calls: LanguageModelV4ToolCall[];
  files: LanguageModelV4File[];
  model?: string;
  finish?: string;
  raw?: string | undefined;
  seen?: unknown;
  usage?: { input: number | undefined; output: number | undefined } | undefined;
  fault?: ModelFault;
  parts: LanguageModelV4StreamPart[];
};

/** How a body goes on behind its last byte. */
export type End = "closes" | "hangs" | "breaks";

export type Options = {
  end?: End;
  thinkTags?: boolean;
  toolNames?: string[];
  signal?: AbortSignal;
};

/** A body that gives these pieces, one for each read, and whether it was closed before its end. */
export function bodyOf(pieces: readonly (string | Uint8Array)[], end: End = "closes") {
  const encoder = new TextEncoder();
  const state = { cancelled: false, reads: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[state.reads++];
        if (piece !== undefined) {
          controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
        } else if (end === "closes") controller.close();
        else if (end === "breaks") controller.error(new Error("reset"));
        else return new Promise<void>(() => {});
        return undefined;
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

/** What is read of a body. */
export async function read(
  pieces: string | readonly (string | Uint8Array)[],
  { end, thinkTags = true, toolNames = [], signal }: Options = {},
): Promise<Answer> {
  const { body } = bodyOf(typeof pieces === "string" ? [pieces] : pieces, end);
  return collect(answerStream(body, { thinkTags, toolNames, signal, warnings: [] }));
}

export async function collect(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<Answer> {
  const answer: Answer = { text: "", thinking: "", calls: [], files: [], parts: [] };
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return answer;
    answer.parts.push(value);
    take(answer, value);
  }
}

function take(answer: Answer, part: LanguageModelV4StreamPart): void {
  switch (part.type) {
    case "text-delta":
      answer.text += part.delta;
      return;
    case "reasoning-start":
      if (part.providerMetadata?.taskroom?.replacesText) answer.text = "";
      return;
    case "reasoning-delta":
      answer.thinking += part.delta;
      return;
    case "tool-call":
      answer.calls.push(part);
      return;
    case "file":
      answer.files.push(part);
      return;
    case "response-metadata":
      if (part.modelId) answer.model = part.modelId;
      return;
    case "finish":
      answer.finish = part.finishReason.unified;
      answer.raw = part.finishReason.raw;
      answer.seen = part.providerMetadata?.taskroom?.seen;
      answer.usage = shortUsage(part.usage);
      return;
    case "error":
      if (!(part.error instanceof ModelFault)) throw part.error;
      answer.fault = part.error;
      answer.usage = shortUsage(part.error.usage);
  }
}

function shortUsage(usage: LanguageModelV4Usage | undefined) {
  return usage && { input: usage.inputTokens.total, output: usage.outputTokens.total };
}

export function event(value: unknown): string {
  return `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
}

/** A chunk as OpenAI sends it. */
export function chunk(delta: unknown, finish: unknown = null, more: object = {}): string {
  const choice = { index: 0, delta, finish_reason: finish };
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model: "exact-1" };
  return event({ ...head, choices: [choice], ...more });
}

export const say = (content: string) => chunk({ content });
export const think = (reasoning_content: string) => chunk({ reasoning_content });
export const stop = chunk({}, "stop");
export const DONE = "data: [DONE]\n\n";

export function told(prompt_tokens: number, completion_tokens: number): string {
  return event({ choices: [], usage: { prompt_tokens, completion_tokens } });
}

export function called(...calls: object[]): string {
  return chunk({ tool_calls: calls });
}

/** The calls of an answer, without ids. */
export function inputs({ calls }: Answer): [string, unknown][] {
  return calls.map(({ toolName, input }) => [toolName, JSON.parse(input)]);
}
