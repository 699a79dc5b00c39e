import type * as z from "zod";
import { frameReference } from "../../protocol/commands";
import { type Refusal, refuse } from "../../protocol/errors";
import { issuesOf } from "../../protocol/issues";
import { parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { malformed } from "./reply";
import { isOver } from "./utf8-size";

/** What a frame asks for, or why it can't be read and whom to tell. */
export type ReadFrame<Command> =
  | { command: Command }
  | { command?: never; ref: string | undefined; refusal: Refusal };

/** One frame from a client, as far as it can be read. Never throws. */
export function readFrame<Command>(
  schema: z.ZodType<Command>,
  frame: string | ArrayBuffer,
): ReadFrame<Command> {
  if (typeof frame !== "string") {
    return { ref: undefined, refusal: malformed("frames are text, not binary") };
  }
  const json = parseJson(frame);
  const ref = refOf(json.value);
  if (!json.ok) return { ref, refusal: malformed(json.message) };
  const read = schema.safeParse(json.value);
  if (read.success) return { command: read.data };
  const issues = issuesOf(read.error);
  return {
    ref,
    refusal: refuse("invalid_request", "The frame is not a valid command.", { issues }),
  };
}

/** Whom to answer, where that much of a frame can be read. */
export function refOf(value: unknown): string | undefined {
  return frameReference.safeParse(value).data?.id;
}

/** Whether a client's frame is over the limit of contract section 4, in bytes. */
export function isTooBig(frame: string | ArrayBuffer): boolean {
  if (typeof frame !== "string") return frame.byteLength > LIMITS.frameBytes;
  return isOver(frame, LIMITS.frameBytes);
}
