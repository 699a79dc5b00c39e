import type { Stream, StreamCall } from "../../protocol/room-state";
import { OUTCOME_UNKNOWN, textOf } from "../../protocol/tools/rounds";

/** A tool's use in an answer that is being written: how far it is, and where it belongs in the text. */
export type StreamUse = StreamCall & {
  readonly round: number;
  /** How much of the text was written before it; UTF-16 units. */
  readonly textOffset: number;
};

/** Every use of a tool in an answer that is being written, placed as its message will have them. */
export function streamUses({ rounds = [] }: Pick<Stream, "rounds">): StreamUse[] {
  return rounds.flatMap(({ round, calls }, i) => {
    const textOffset = textOf(rounds.slice(0, i + 1)).length;
    return calls.map((call) => ({ ...call, round, textOffset }));
  });
}

/**
 * Whether nobody knows what a use did: its answer ended without it, or the service was interrupted while
 * the call was made. A use of an answer that is still being written may be only on its way.
 */
export function isOutcomeUnknown({ output, error }: Outcome): boolean {
  return error === undefined ? output === undefined : error === OUTCOME_UNKNOWN;
}

type Outcome = { output?: unknown; error?: string | undefined };
