import * as z from "zod";
import { fitsBytes } from "../bytes";
import { jsonValue } from "../json";
import { LIMITS } from "../limits";

/** Set where an input or an output is the beginning of a longer one, as text. */
export const cut = z.literal(true).optional();

/** Names one call of a tool; the id is the provider's and may repeat, round and index never do. */
export const toolNamed = { toolCallId: z.string(), name: z.string() };

/**
 * Where the call is that an answer means, in its turn's answer: a provider's ids may repeat. Absent, the
 * first call with the id that waits is meant.
 */
export const answeredPlace = {
  round: z.int().min(0).optional(),
  index: z.int().min(0).optional(),
};

/** What a call gave: one of the two, once it is there. */
export const toolOutcome = {
  output: jsonValue.optional(),
  error: z.string().optional(),
  /** Set where a person has not allowed it: it was not made, and the error says so. */
  refused: z.literal(true).optional(),
};

/** One use of a tool, as a message tells of it. */
export const toolUse = z.object({
  /** Uses of before rounds were counted lack their place. */
  round: z.int().optional(),
  index: z.int().optional(),
  /** The run of its step in which it was made, where that was rolled back. */
  run: z.int().optional(),
  ...toolNamed,
  input: jsonValue,
  ...toolOutcome,
  cut,
  /** How much of the message's text was written before it; UTF-16 units. */
  textOffset: z.int().min(0).optional(),
});
export type ToolUse = z.infer<typeof toolUse>;

const used = z.looseObject({ tools: z.array(toolUse) });

/** What was done in the making of an assistant's message, by its metadata. */
export function usesIn(metadata: unknown): ToolUse[] {
  return used.safeParse(metadata).data?.tools ?? [];
}

/** A tool that the sender of a message carries out himself. */
export const clientTool = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  description: z.string().max(4096).optional(),
  inputSchema: z.record(z.string(), jsonValue),
});
export type ClientTool = z.infer<typeof clientTool>;

export const clientTools = z
  .array(clientTool)
  .max(LIMITS.clientTools)
  .refine((tools) => new Set(tools.map(({ name }) => name)).size === tools.length, {
    error: "names are given once",
  })
  .refine((tools) => fitsBytes(JSON.stringify(tools), LIMITS.clientToolsBytes), {
    error: `at most ${LIMITS.clientToolsBytes} bytes as JSON`,
  });
