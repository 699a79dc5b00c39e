import type { JsonValue } from "../../protocol/json";
import type { ToolUse } from "../../protocol/tools/tool-use";
import type { ContextMessage } from "../../resources/step";
import { beginning, estimateTokens } from "./tokens";

export type ContextRequest = {
  /** The ghost's. */
  systemPrompt: string;
  /** The member's own instruction. */
  prompt?: string | undefined;
  /** Oldest first. */
  context: readonly ContextMessage[];
  input: string;
  /** Tokens, of prompt and answer together. */
  contextWindow: number;
  maxOutputTokens?: number | undefined;
  /** Tokens of the prompt alone, where a longer one was refused. */
  mostTokens?: number;
  /** Whether the model is offered tools: only then does it take earlier calls as calls. */
  hasTools: boolean;
};

export type FittedContext = {
  system: string;
  /** Begins with a user's message and alternates; the last is the input. */
  messages: { role: "user" | "assistant"; content: string; uses?: ToolUse[] }[];
  /** How many messages of the context were left out or shortened. */
  truncatedContext: number;
};

/** What a provider adds around each message: roles and separators. */
const MESSAGE_TOKENS = 4;
/** Room for the answer where nobody limits it. */
const ANSWER_TOKENS = 4096;
/** Less of a message than this is not worth sending. */
const WORTHWHILE_TOKENS = 64;
const CUT_MARK = "\n[…]";

/**
 * What a model is asked: instructions, as much of the newest context as its window holds beside
 * room for the answer, and the input, always whole.
 */
export function fitContext(request: ContextRequest): FittedContext {
  const { systemPrompt, prompt, input, contextWindow } = request;
  const context = request.context.map((message) => labelled(usesAsOffered(message, request)));
  const instructions = [systemPrompt, prompt ?? ""];
  const fixed = [...instructions, input].reduce((sum, text) => sum + cost(text), 0);
  const most = Math.min(contextWindow - answerRoom(request), request.mostTokens ?? contextWindow);
  const notes = firstNotes(context, most - fixed);
  const talk = context.filter(({ role }) => role !== "system");
  const { kept, cut } = newest(talk, most - fixed - notes.tokens);
  return {
    system: [...instructions, ...notes.texts].filter((text) => text.trim()).join("\n\n"),
    messages: conversation(kept, input),
    truncatedContext: cut + notes.cut,
  };
}

type Notes = { texts: string[]; tokens: number; cut: number };

/**
 * System text of the conversation is instruction too: it is taken before what was said, however old it
 * is, from the first on; what is past `budget` tokens is shortened or left out.
 */
function firstNotes(context: readonly ContextMessage[], budget: number): Notes {
  const all = context.filter(({ role }) => role === "system").map(({ content }) => content);
  const whole = fitting(all.map(cost), Math.max(0, budget));
  const texts = all.slice(0, whole);
  const tokens = texts.reduce((sum, text) => sum + cost(text), 0);
  const [next] = all.slice(whole);
  const left = budget - tokens;
  if (next === undefined || left < WORTHWHILE_TOKENS) {
    return { texts, tokens, cut: all.length - whole };
  }
  const short = beginning(next, left - 2 * MESSAGE_TOKENS) + CUT_MARK;
  return { texts: [...texts, short], tokens: budget, cut: all.length - whole };
}

/** How many of the first take at most `budget` together. */
function fitting(tokens: readonly number[], budget: number): number {
  let sum = 0;
  const full = tokens.findIndex((one) => {
    sum += one;
    return sum > budget;
  });
  return full < 0 ? tokens.length : full;
}

/** A model is told which phase a result is of; a message alone would not say so. */
function labelled({ phase, ...message }: ContextMessage): ContextMessage {
  if (phase === undefined) return message;
  return { ...message, content: `## ${phase}\n\n${message.content}` };
}

/** Where no tools are offered, what was found with some is told in words. */
function usesAsOffered(message: ContextMessage, { hasTools }: ContextRequest): ContextMessage {
  const { uses, ...plain } = message;
  if (hasTools || !uses) return message;
  return { ...plain, content: [...uses.map(inWords), plain.content].join("\n\n").trim() };
}

/** A use of a tool where calls are not taken as calls. */
export function inWords({ name, input, output, error }: ToolUse): string {
  const gave = error ?? (typeof output === "string" ? output : JSON.stringify(output ?? null));
  return `[${name}(${JSON.stringify(input)}): ${gave}]`;
}

function answerRoom({ contextWindow, maxOutputTokens }: ContextRequest): number {
  const wanted = maxOutputTokens ?? Math.min(ANSWER_TOKENS, Math.floor(contextWindow / 4));
  return Math.min(wanted, Math.floor(contextWindow / 2));
}

function cost(text: string): number {
  return text ? estimateTokens(text) + MESSAGE_TOKENS : 0;
}

function costOf({ content, uses = [] }: ContextMessage): number {
  return uses.reduce((sum, use) => sum + cost(JSON.stringify(use)), cost(content));
}

/** The same with what its tools gave shortened. */
function withShortUses(message: ContextMessage): ContextMessage {
  if (!message.uses) return message;
  const uses = message.uses.map((use) =>
    use.output === undefined ? use : { ...use, output: shortOutput(use.output) },
  );
  return { ...message, uses };
}

function shortOutput(output: JsonValue): JsonValue {
  const text = typeof output === "string" ? output : JSON.stringify(output);
  if (estimateTokens(text) <= WORTHWHILE_TOKENS) return output;
  return beginning(text, WORTHWHILE_TOKENS) + CUT_MARK;
}

/** The newest messages within `budget` tokens. The newest of all is shortened rather than lost. */
function newest(context: readonly ContextMessage[], budget: number) {
  const kept: ContextMessage[] = [];
  let left = budget;
  for (const whole of context.toReversed()) {
    const message = costOf(whole) > left ? withShortUses(whole) : whole;
    const tokens = costOf(message);
    if (tokens > left) {
      if (kept.length > 0 || left < WORTHWHILE_TOKENS) break;
      const { uses: _, ...words } = message;
      const content = beginning(message.content, left - 2 * MESSAGE_TOKENS) + CUT_MARK;
      return { kept: [{ ...words, content }], cut: context.length };
    }
    kept.unshift(message);
    left -= tokens;
  }
  return { kept, cut: context.length - kept.length };
}

// Some providers refuse a conversation that opens with an assistant's message or does not
// alternate; a phase's context does both.
function conversation(kept: readonly ContextMessage[], input: string): FittedContext["messages"] {
  const messages: FittedContext["messages"] = [];
  for (const { role, content, uses } of [...kept, userSays(input)]) {
    const last = messages.at(-1);
    if (role === "system" || (!content.trim() && !uses)) continue;
    if (uses && role === "assistant") {
      // What was done is told as calls, which a user's message has to come before.
      if (!last) messages.push({ role: "user", content: DONE_EARLIER });
      messages.push({ role, content, uses });
      continue;
    }
    if (!last && role === "assistant") messages.push({ role: "user", content: earlier(content) });
    else if (last?.role === role && !last.uses) last.content += `\n\n${content}`;
    else messages.push({ role, content });
  }
  return messages;
}

function userSays(content: string): ContextMessage {
  return { role: "user", content };
}

const DONE_EARLIER = "What was done earlier:";

function earlier(content: string): string {
  return `Written earlier by an assistant:\n\n${content}`;
}
