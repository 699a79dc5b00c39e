import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { Conversation } from "../../src/agents/model/conversation";
import type { ToolBox } from "../../src/agents/tools/tool-box";
import { type Hearing, Voice } from "../../src/agents/voice";
import type { StepEnd, StepRequest } from "../../src/resources/step";
import { NO_FILES } from "../../src/resources/step-files";

export type Use = { name: string; input: object; output: string };

const NONE = { files: NO_FILES, allowPrivate: true };

type Ask = (request: StepRequest, hearing: Hearing, signal: AbortSignal) => Promise<StepEnd>;

/**
 * A model that says `words` and uses these tools in one round, whose tools give what is said here, and
 * then says `ok`.
 */
export function using(uses: readonly Use[], words = ""): Ask {
  return async (request, hearing, signal) => {
    const voice = new Voice(hearing, signal);
    let asked = 0;
    const modelFor = () =>
      modelSaying(asked++ === 0 ? [...saying(words), ...calling(uses)] : answering);
    const tools: ToolBox = {
      tools: [
        {
          name: "use",
          inputSchema: { type: "object" },
          annotations: {},
          server: { name: "desk", tool: "use", rules: {} },
        },
      ],
      tokens: 0,
      // A key ends in the call's round and index.
      call: async (_, __, { key }) => {
        const index = Number(key.split(":").at(-1));
        return { output: uses[index]?.output ?? "" };
      },
      leaveOut: () => undefined,
      close: () => undefined,
    };
    const call = { modelFor, limits: { firstByteMs: 60_000, stallMs: 60_000 } };
    const parts = { request, voice, signal, tools, call, parameters: {}, ...NONE };
    const end = await new Conversation(parts).end();
    voice.end();
    return end;
  };
}

function modelSaying(parts: LanguageModelV4StreamPart[]): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "test",
    modelId: "m",
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error("not asked for")),
    doStream: async () => ({ stream: streamOf(parts) }),
  };
}

function streamOf(parts: LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream<LanguageModelV4StreamPart>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

function finish(unified: "stop" | "tool-calls"): LanguageModelV4StreamPart {
  return { type: "finish", finishReason: { unified, raw: unified }, usage };
}

function calling(uses: readonly Use[]): LanguageModelV4StreamPart[] {
  const calls = uses.map(({ name, input }, i) => ({
    type: "tool-call" as const,
    toolCallId: `call_${i}`,
    toolName: name,
    input: JSON.stringify(input),
  }));
  return [...calls, finish("tool-calls")];
}

function saying(delta: string): LanguageModelV4StreamPart[] {
  if (delta === "") return [];
  return [
    { type: "text-start", id: "0" },
    { type: "text-delta", id: "0", delta },
    { type: "text-end", id: "0" },
  ];
}

const answering: LanguageModelV4StreamPart[] = [...saying("ok"), finish("stop")];
