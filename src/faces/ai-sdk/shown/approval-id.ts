import * as z from "zod";
import { stepRef } from "../../../protocol/content";
import { turnId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";

/** What a person is asked about: a step before its first call, or one call of a round. */
export type Asked = {
  turnId: string;
  step: string;
  call?: { round: number; index: number; toolCallId: string };
  /** How often the turn had asked before: a step may ask again. */
  before?: number;
};

const place = z.int().min(0);
const asked = z.union([
  z.tuple([turnId, stepRef, place]),
  z.tuple([turnId, stepRef, place, place, z.string().min(1).max(LIMITS.toolNameChars)]),
]);

/** All that an answer has to name, so that nothing needs to be looked up. */
export function approvalId({ turnId, step, call, before = 0 }: Asked): string {
  const place = call ? [call.round, call.index, call.toolCallId] : [before];
  return JSON.stringify([turnId, step, ...place]);
}

/** Nothing where it is none of ours. */
export function readApprovalId(text: string): Asked | undefined {
  const { data } = asked.safeParse(parsed(text));
  if (!data) return undefined;
  const [turn, step, round, index, toolCallId] = data;
  const isCall = index !== undefined && toolCallId !== undefined;
  return { turnId: turn, step, ...(isCall && { call: { round, index, toolCallId } }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
