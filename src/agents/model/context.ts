import type { JsonValue } from "../../protocol/json";
import type { ToolUse } from "../../protocol/tools/tool-use";
import type { ContextMessage } from "../../resources/step";
import { type FilePart, type MessageFiles, partTokens } from "./files/message-files";
import { beginning, estimateTokens } from "./tokens";

/** A message of the conversation with its files as its model gets them. */
export type TalkMessage = ContextMessage & { files?: MessageFiles };

export type ContextRequest = {
  /** The ghost's. */
  systemPrompt: string;
  /** The member's own instruction. */
  prompt?: string | undefined;
  /** Oldest first. */
  context: readonly TalkMessage[];
  input: string;
  /** Files that came with it. */
  inputFiles?: MessageFiles;
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
  messages: {
    role: "user" | "assistant";
    content: string;
    uses?: ToolUse[];
    /** Of a user's message: pictures and documents. */
    parts?: FilePart[];
  }[];
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
  const { systemPrompt, prompt, input, inputFiles } = request;
  const context = request.context.map((message) => labelled(usesAsOffered(message, request)));
  const instructions = [systemPrompt, prompt ?? ""];
  const budget = talkTokens(request) - (inputFiles ? filesCost(inputFiles) : 0);
  const notes = firstNotes(context, budget);
  const talk = context.filter(({ role }) => role !== "system");
  const { kept, cut } = newest(talk, budget - notes.tokens);
  const asked: TalkMessage = {
    role: "user",
    content: input,
    ...(inputFiles && { files: inputFiles }),
  };
  return {
    system: [...instructions, ...notes.texts].filter((text) => text.trim()).join("\n\n"),
    messages: conversation([...kept, asked]),
    truncatedContext: cut + notes.cut,
  };
}

/** Tokens that are left for what was said before, and for files. */
export function talkTokens(request: ContextRequest): number {
  const { systemPrompt, prompt = "", input, contextWindow, mostTokens = contextWindow } = request;
  const fixed = [systemPrompt, prompt, input].reduce((sum, text) => sum + cost(text), 0);
  return Math.min(contextWindow - answerRoom(request), mostTokens) - fixed;
}

type Notes = { texts: string[]; tokens: number; cut: number };

/**
 * System text of the conversation is instruction too: it is taken before what was said, however old it
 * is, from the first on; what is past `budget` tokens is shortened or left out.
 */
function firstNotes(context: readonly TalkMessage[], budget: number): Notes {
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
function labelled({ phase, ...message }: TalkMessage): TalkMessage {
  if (phase === undefined) return message;
  return { ...message, content: `## ${phase}\n\n${message.content}` };
}

/** Where no tools are offered, what was found with some is told in words. */
function usesAsOffered(message: TalkMessage, { hasTools }: ContextRequest): TalkMessage {
  const { uses, ...plain } = message;
  if (hasTools || !uses) return message;
  return { ...plain, content: [...uses.map(inWords), plain.content].join("\n\n").trim() };
}

/** A use of a tool where calls are not taken as calls. */
export function inWords({
  name,
  input,
  output,
  error,
}: Pick<ToolUse, "name" | "input" | "output" | "error">): string {
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

export function costOf({ content, uses = [], files }: TalkMessage): number {
  const words = cost(content) + (files ? filesCost(files) : 0);
  return uses.reduce((sum, use) => sum + cost(JSON.stringify(use)), words);
}

function filesCost({ text, parts }: MessageFiles): number {
  return parts.reduce((sum, part) => sum + partTokens(part), cost(text));
}

/** The same with its files only named. */
function withNamedFiles({ files, ...message }: TalkMessage): TalkMessage {
  return files
    ? { ...message, files: { ...files, text: files.lines, parts: [], isShort: true } }
    : message;
}

/** The same with what its tools gave shortened. */
function withShortUses(message: TalkMessage): TalkMessage {
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
function newest(context: readonly TalkMessage[], budget: number) {
  const kept: TalkMessage[] = [];
  let left = budget;
  let cut = 0;
  for (const whole of context.toReversed()) {
    const message = formWithin(whole, left);
    const tokens = costOf(message);
    if (tokens > left) {
      if (kept.length > 0 || left < WORTHWHILE_TOKENS) break;
      const { uses: _, files, ...words } = message;
      const content = beginning(message.content, left - 2 * MESSAGE_TOKENS) + CUT_MARK;
      return { kept: [{ ...words, content }], cut: context.length };
    }
    if (message.files?.isShort) cut++;
    kept.unshift(message);
    left -= tokens;
  }
  return { kept, cut: cut + context.length - kept.length };
}

/** A message whole or, where that is too long, with less beside its words. */
function formWithin(whole: TalkMessage, tokens: number): TalkMessage {
  if (costOf(whole) <= tokens) return whole;
  const short = withShortUses(whole);
  return costOf(short) <= tokens ? short : withNamedFiles(short);
}

type Said = FittedContext["messages"][number];

// Some providers refuse a conversation that opens with an assistant's message or does not
// alternate; a phase's context does both.
function conversation(talk: readonly TalkMessage[]): Said[] {
  const messages: Said[] = [];
  for (const { role, content, uses, parts = [] } of withFilesPlaced(talk)) {
    const last = messages.at(-1);
    if (!content.trim() && !uses && parts.length === 0) continue;
    if (uses && role === "assistant") {
      // What was done is told as calls, which a user's message has to come before.
      if (!last) messages.push({ role: "user", content: DONE_EARLIER });
      messages.push({ role, content, uses });
      continue;
    }
    if (!last && role === "assistant") messages.push({ role: "user", content: earlier(content) });
    else if (last?.role === role && !last.uses) messages.splice(-1, 1, both(last, content, parts));
    else messages.push({ role, content, ...(parts.length > 0 && { parts }) });
  }
  return messages;
}

function both(last: Said, content: string, parts: FilePart[]): Said {
  const all = [...(last.parts ?? []), ...parts];
  return {
    ...last,
    content: `${last.content}\n\n${content}`,
    ...(all.length > 0 && { parts: all }),
  };
}

/** Providers take files of users' messages alone: those of an answer go with the message behind it. */
function withFilesPlaced(talk: readonly TalkMessage[]): Said[] {
  let answers: MessageFiles[] = [];
  return talk.flatMap(({ role, content, uses, files }): Said[] => {
    if (role === "system") return [];
    if (role === "assistant") {
      if (files) answers.push(files);
      const isFileAlone = files && !content.trim() && !uses;
      return [{ role, content: isFileAlone ? FILE_ALONE : content, ...(uses && { uses }) }];
    }
    const before = answers.flatMap(({ names, text }) => [`[${OF_ANSWER}: ${names}]`, text]);
    const parts = [...answers, ...(files ? [files] : [])].flatMap((one) => one.parts);
    answers = [];
    const texts = [...before, content, files?.text ?? ""];
    const words = texts.filter((text) => text.trim()).join("\n\n");
    return [{ role, content: words, ...(parts.length > 0 && { parts }) }];
  });
}

const OF_ANSWER = "These files came with the answer above";
const FILE_ALONE = "[The answer was a file.]";

const DONE_EARLIER = "What was done earlier:";

function earlier(content: string): string {
  return `Written earlier by an assistant:\n\n${content}`;
}
