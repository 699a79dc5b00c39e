import * as z from "zod";

/** A piece of an answer, as the AI SDK would tell it. */
export type Words = { type: "text-delta" | "reasoning-delta"; text: string };

const nothing = z.null().optional();
const spoken = z.string().nullish();

/**
 * A chunk of OpenAI's chat completions that holds words and nothing else that would matter: no end, no
 * usage, no tool, no error. Anything unknown in a delta is the AI SDK's to read. Compiled, for every token.
 */
const plainChunk = z.compile(
  z.object({
    error: z.never().optional(),
    usage: nothing,
    choices: z.tuple([
      z.object({
        finish_reason: nothing,
        delta: z.strictObject({
          role: z.enum(["assistant", ""]).nullish(),
          content: spoken,
          reasoning_content: spoken,
          reasoning: spoken,
          refusal: nothing,
          tool_calls: nothing,
          function_call: nothing,
        }),
      }),
    ]),
  }),
);

const DATA = /^data: ?/;

/** The words of an event, none where it is silent; `undefined` where it may be about more than words. */
export function wordsOf(event: string): Words[] | undefined {
  if (event.startsWith(":")) return event.includes("\n") ? undefined : [];
  const prefix = DATA.exec(event)?.[0];
  // An event of several lines is none of theirs.
  if (prefix === undefined || event.includes("\n")) return undefined;
  const chunk = plainChunk.safeParse(jsonOf(event.slice(prefix.length)));
  if (!chunk.success) return undefined;
  const { content, reasoning, reasoning_content } = chunk.data.choices[0].delta;
  const words: Words[] = [];
  const thought = reasoning_content ?? reasoning;
  if (thought) words.push({ type: "reasoning-delta", text: thought });
  if (content) words.push({ type: "text-delta", text: content });
  return words;
}

/** `undefined` where it is no JSON. The schema goes no deeper than itself, however deep the text does. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
