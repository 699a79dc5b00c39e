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
};

export type FittedContext = {
  system: string;
  /** Begins with a user's message and alternates; the last is the input. */
  messages: { role: "user" | "assistant"; content: string }[];
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
  const context = request.context.map(labelled);
  const instructions = [systemPrompt, prompt ?? ""];
  const fixed = [...instructions, input].reduce((sum, text) => sum + cost(text), 0);
  const most = Math.min(contextWindow - answerRoom(request), request.mostTokens ?? contextWindow);
  const { kept, cut } = newest(context, most - fixed);
  const notes = kept.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    system: [...instructions, ...notes].filter((text) => text.trim()).join("\n\n"),
    messages: conversation(kept, input),
    truncatedContext: cut,
  };
}

/** A model is told which phase a result is of; a message alone would not say so. */
function labelled({ role, phase, content }: ContextMessage): ContextMessage {
  return { role, content: phase === undefined ? content : `## ${phase}\n\n${content}` };
}

function answerRoom({ contextWindow, maxOutputTokens }: ContextRequest): number {
  const wanted = maxOutputTokens ?? Math.min(ANSWER_TOKENS, Math.floor(contextWindow / 4));
  return Math.min(wanted, Math.floor(contextWindow / 2));
}

function cost(text: string): number {
  return text ? estimateTokens(text) + MESSAGE_TOKENS : 0;
}

/** The newest messages within `budget` tokens. The newest of all is shortened rather than lost. */
function newest(context: readonly ContextMessage[], budget: number) {
  const kept: ContextMessage[] = [];
  let left = budget;
  for (const message of context.toReversed()) {
    const tokens = cost(message.content);
    if (tokens > left) {
      if (kept.length > 0 || left < WORTHWHILE_TOKENS) break;
      const content = beginning(message.content, left - 2 * MESSAGE_TOKENS) + CUT_MARK;
      return { kept: [{ ...message, content }], cut: context.length };
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
  for (const { role, content } of [...kept, { role: "user" as const, content: input }]) {
    const last = messages.at(-1);
    if (role === "system" || !content.trim()) continue;
    if (!last && role === "assistant") messages.push({ role: "user", content: earlier(content) });
    else if (last?.role === role) last.content += `\n\n${content}`;
    else messages.push({ role, content });
  }
  return messages;
}

function earlier(content: string): string {
  return `Written earlier by an assistant:\n\n${content}`;
}
