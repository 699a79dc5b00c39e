import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { type Fields, isFields } from "./json";

type Counts = {
  input?: number;
  output?: number;
  total?: number;
  cached?: number;
  written?: number;
  reasoning?: number;
};

// Names without their case and dashes, as OpenAI, Anthropic, Google, Bedrock, DeepSeek and Ollama give them.
const NAMES: Record<string, keyof Counts> = {
  prompttokens: "input",
  inputtokens: "input",
  prompttokencount: "input",
  inputtokencount: "input",
  promptevalcount: "input",
  completiontokens: "output",
  outputtokens: "output",
  generatedtokens: "output",
  candidatestokencount: "output",
  outputtokencount: "output",
  evalcount: "output",
  totaltokens: "total",
  totaltokencount: "total",
  cachedtokens: "cached",
  cachedinputtokens: "cached",
  cachereadinputtokens: "cached",
  promptcachehittokens: "cached",
  cachedcontenttokencount: "cached",
  cachecreationinputtokens: "written",
  cachewritetokens: "written",
  reasoningtokens: "reasoning",
  thoughtstokencount: "reasoning",
};

/** Where providers put usage, and what is in it: `usage.prompt_tokens_details.cached_tokens`, `x_groq.usage`. */
const INNER = /usage|details|metrics|tokens$/i;
const DEPTH = 4;

/** Usage as it is told, in any shape, on any chunk. What is told later counts, unless it is nothing. */
export class UsageTold {
  readonly #counts: Counts = {};
  #isTold = false;

  /** Reads the object that holds the counts; gives whether it held any that is not zero. */
  take(said: unknown): boolean {
    const isNew = isFields(said) && this.#read(said, DEPTH);
    this.#isTold ||= isNew;
    return isNew;
  }

  /** `undefined` where the provider told nothing. */
  get value(): LanguageModelV4Usage | undefined {
    return this.#isTold ? usageOf(this.#counts) : undefined;
  }

  #read(fields: Fields, depth: number): boolean {
    let isTold = false;
    for (const [name, value] of Object.entries(fields)) {
      const count = NAMES[name.replace(/[_-]/g, "").toLowerCase()];
      if (count !== undefined && this.#set(count, value)) isTold = true;
      else if (depth > 0 && isFields(value) && INNER.test(name)) {
        isTold = this.#read(value, depth - 1) || isTold;
      }
    }
    return isTold;
  }

  #set(name: keyof Counts, value: unknown): boolean {
    const isText = typeof value === "string" && /^\d{1,15}(\.0*)?$/.test(value.trim());
    const count = Math.floor(Number(isText || typeof value === "number" ? value : Number.NaN));
    if (!Number.isSafeInteger(count) || count < 0) return false;
    if (count > 0) this.#counts[name] = count;
    else this.#counts[name] ??= 0;
    return count > 0;
  }
}

export const NO_USAGE: LanguageModelV4Usage = usageOf({});

/** Where a provider told only some of the three counts, the total says what the others were. */
function usageOf({
  input,
  output,
  total,
  cached,
  written,
  reasoning,
}: Counts): LanguageModelV4Usage {
  const inputTotal = input ?? (total === undefined ? undefined : left(total, output));
  const outputTotal =
    output ?? (total === undefined || input === undefined ? undefined : left(total, input));
  return {
    inputTokens: {
      total: inputTotal,
      noCache: inputTotal === undefined ? undefined : left(inputTotal, cached),
      cacheRead: cached,
      cacheWrite: written,
    },
    outputTokens: {
      total: outputTotal,
      text: outputTotal === undefined ? undefined : left(outputTotal, reasoning),
      reasoning,
    },
    ...(total === undefined ? {} : { raw: { totalTokens: total } }),
  };
}

function left(all: number, part = 0): number {
  return Math.max(all - part, 0);
}
