import * as z from "zod";
import { stepRef } from "../../../protocol/content";
import { turnId as turnIdSchema } from "../../../protocol/ids";
import { parseJson } from "../../../protocol/json";
import { LIMITS } from "../../../protocol/limits";

/** A round of an answer's message: the client has a message of its own for each. */
export type RoundPlace = { messageId: string; round: number };
export type CallPlace = RoundPlace & { call: { index: number; toolCallId: string } };

export function textId({ messageId, round }: RoundPlace): string {
  return round === 0 ? messageId : `${messageId}.${round}`;
}

export function thinkingId({ messageId, round }: RoundPlace): string {
  return `${messageId}.${round}.thinking`;
}

export function resultId({ messageId, round, call }: CallPlace): string {
  return `${messageId}.${round}.${call.index}.result`;
}

/** Whether a message of the client's shows a part of this one. */
export function isPartOf(id: string, messageId: string): boolean {
  return id === messageId || id.startsWith(`${messageId}.`);
}

const ULID = "([0-9a-hjkmnp-tv-z]{26})";
const CALL_ID = new RegExp(`^call_${ULID}_${ULID}_(\\d{1,4})_(\\d{1,4})_(.+)$`, "s");

/** A call's id, which a thread has once: a provider's ids may repeat. It says what call an answer is of. */
export function callId(turnId: string, { messageId, round, call }: CallPlace): string {
  const [turn, message] = [turnId.slice("turn_".length), messageId.slice("msg_".length)];
  return `call_${turn}_${message}_${round}_${call.index}_${call.toolCallId}`;
}

/** Nothing where it is none of ours. */
export function readCallId(
  id: string,
): { turnId: string; messageId: string; toolCallId: string } | undefined {
  const [, turn, message, , , toolCallId = ""] = CALL_ID.exec(id) ?? [];
  if (turn === undefined || toolCallId.length > LIMITS.toolNameChars) return undefined;
  return { turnId: `turn_${turn}`, messageId: `msg_${message}`, toolCallId };
}

/** What a person is asked about: a step, or one call of it. */
export type Asked = { turnId: string; step: string; toolCallId?: string | undefined };

const asked = z.union([
  z.tuple([turnIdSchema, stepRef]),
  z.tuple([turnIdSchema, stepRef, z.string().min(1).max(LIMITS.toolNameChars), z.string()]),
]);

/** All that an answer has to name; `place` tells calls apart whose ids are the same. */
export function interruptId({ turnId, step, toolCallId }: Asked, place = ""): string {
  return JSON.stringify([turnId, step, ...(toolCallId === undefined ? [] : [toolCallId, place])]);
}

/** Nothing where it is none of ours. */
export function readInterruptId(id: string): Asked | undefined {
  const { data } = asked.safeParse(parseJson(id).value);
  if (!data) return undefined;
  const [turnId, step, toolCallId] = data;
  return { turnId, step, ...(toolCallId !== undefined && { toolCallId }) };
}
