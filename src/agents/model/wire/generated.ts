import type {
  LanguageModelV4Content,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";

/** A streamed answer as a whole. Throws the fault that ends it. */
export async function generated(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4GenerateResult> {
  const content: LanguageModelV4Content[] = [];
  const reader = stream.getReader();
  let warnings: LanguageModelV4GenerateResult["warnings"] = [];
  let response: LanguageModelV4GenerateResult["response"];
  for (;;) {
    const { done, value: part } = await reader.read();
    if (done) throw new Error("an answer ended without its last part");
    if (part.type === "stream-start") warnings = part.warnings;
    else if (part.type === "error") throw part.error;
    else if (part.type === "response-metadata") response = part;
    else if (part.type === "finish") {
      const { finishReason, usage, providerMetadata = {} } = part;
      const told = { finishReason, usage, providerMetadata, warnings };
      return { ...told, content, ...(response ? { response } : {}) };
    } else addTo(content, part);
  }
}

function addTo(content: LanguageModelV4Content[], part: LanguageModelV4StreamPart): void {
  switch (part.type) {
    case "text-start":
      content.push({ type: "text", text: "" });
      return;
    case "reasoning-start":
      if (part.providerMetadata?.taskroom?.replacesText) dropText(content);
      content.push({ type: "reasoning", text: "" });
      return;
    case "text-delta":
    case "reasoning-delta": {
      const last = content.at(-1);
      if (last?.type === "text" || last?.type === "reasoning") last.text += part.delta;
      return;
    }
    case "tool-call":
    case "file":
      content.push(part);
  }
}

function dropText(content: LanguageModelV4Content[]): void {
  const kept = content.filter(({ type }) => type !== "text");
  content.splice(0, content.length, ...kept);
}
