import { fitting, jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import type { Stream } from "../../protocol/room-state";
import { textOf } from "../../protocol/tools/rounds";
import type { ToolUse } from "../../protocol/tools/tool-use";

/** Bytes of what stands around the values: with an answer of the longest, a message is still a row. */
const AROUND_BYTES = 24 * 1024;

/** Every use of a tool in the making of a message, in order, as its metadata has them. */
export function usesOf({ rounds = [] }: Stream): { tools?: ToolUse[] } {
  const uses = rounds.flatMap(({ round, calls }, i) => {
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
  // Their values are bounded together, but a provider may ask for any number.
  const most = LIMITS.toolValuesBytes + AROUND_BYTES;
  const tools = uses.slice(0, fitting(uses.map(jsonBytes), most));
  return tools.length > 0 ? { tools } : {};
}
