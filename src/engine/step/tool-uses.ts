import { fitting, jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import type { Stream } from "../../protocol/room-state";
import { textOf } from "../../protocol/tools/rounds";
import { type ToolUse, usesIn } from "../../protocol/tools/tool-use";
import type { Step } from "../../protocol/turn";
import type { Draft } from "../turn/draft";

/** Bytes of what stands around the values: with an answer of the longest, a message is still a row. */
const AROUND_BYTES = 24 * 1024;

/**
 * Every use of a tool in the making of a message, in order, as its metadata has them; first those of
 * `earlier` runs, which were rolled back.
 */
export function usesOf(
  { rounds = [] }: Stream,
  earlier: readonly ToolUse[] = [],
): { tools?: ToolUse[] } {
  const own = rounds.flatMap(({ round, calls }, i) => {
    const textOffset = textOf(rounds.slice(0, i + 1)).length;
    return calls.map(({ index, toolCallId, name, input, output, error, approval, cut }) => ({
      ...{ round, index, toolCallId, name, input },
      ...(output !== undefined && { output }),
      ...(error !== undefined && { error }),
      ...(approval === "refused" && { refused: true as const }),
      ...(cut && { cut }),
      textOffset,
    }));
  });
  const uses = [...earlier, ...own];
  // Their values are bounded together, but a provider may ask for any number.
  const most = LIMITS.toolValuesBytes + AROUND_BYTES;
  const tools = uses.slice(0, fitting(uses.map(jsonBytes), most));
  return tools.length > 0 ? { tools } : {};
}

/** What was done in runs of a stream's step that were rolled back. */
export function usesBefore(draft: Draft, { turnId, step }: Stream): ToolUse[] {
  const { run = 1 } = draft.turn(turnId)?.steps.find((one) => one.step === step) ?? {};
  return run > 1 ? draft.context.usesLeft(turnId, step) : [];
}

/** A step's run is rolled back: what its tools did stands, whatever takes its message's place. */
export function keepUses(draft: Draft, turnId: string, { step, run, messageId }: Step): void {
  if (messageId === undefined) return;
  const said = draft.room.state.messages.find(({ id }) => id === messageId);
  const uses = said ? usesIn(said.metadata) : draft.context.usesOf(messageId);
  if (uses.length === 0) return;
  const value = uses.map((use) => ({ ...use, run: use.run ?? run, textOffset: 0 }));
  draft.keepValue({ turnId, step, round: -1, index: -1, kind: "uses", value });
}
