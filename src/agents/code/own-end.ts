import * as z from "zod";
import { LIMITS } from "../../protocol/limits";
import { usage } from "../../protocol/usage";
import { type StepEnd, stepFailure } from "../../resources/step";
import { shownLine } from "../model/shown-text";
import { MalformedAnswer } from "../remote/agent-failure";
import type { BoundedVoice } from "./bounded-voice";

/** UTF-16 units of what an agent says of its failure. */
const MESSAGE_UNITS = 500;

const name = z
  .string()
  .transform((text) => shownLine(text, LIMITS.modelNameChars))
  .optional();

const ownEnd = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("finish"),
    finishReason: name,
    model: name,
    output: z.unknown().optional(),
    data: z.unknown().optional(),
    usage: z.unknown().optional(),
  }),
  stepFailure.extend({
    message: z.string().transform((text) => shownLine(text, MESSAGE_UNITS)),
    usage: usage.optional().catch(undefined),
    finishReason: name,
  }),
]);

/** How an agent in code says that its attempt ended; throws `MalformedAnswer` where it says nothing like it. */
export function endOfOwn(said: unknown, voice: BoundedVoice): StepEnd {
  const parsed = ownEnd.safeParse(said);
  if (!parsed.success) throw unreadable();
  if (parsed.data.type === "failure") {
    const { usage: paid, finishReason: how, ...failed } = parsed.data;
    return { ...failed, ...(paid && { usage: paid }), ...(how && { finishReason: how }) };
  }
  const { finishReason, model, output, data, usage: cost } = parsed.data;
  const end = voice.result({ output, data, usage: cost });
  if (end?.type !== "finish") throw unreadable();
  return { ...end, ...(finishReason && { finishReason }), ...(model && { model }) };
}

function unreadable(): MalformedAnswer {
  return new MalformedAnswer("The agent's end cannot be read.");
}
