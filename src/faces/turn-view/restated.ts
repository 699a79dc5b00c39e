import type { Message } from "../../protocol/message";
import { type ToolUse, usesIn } from "../../protocol/tools/tool-use";
import type { TurnItem } from "./item";
import { type Said, type Speaker, Speech } from "./speech";

/** A kept message told from its beginning; all of it has one number. */
export function restated(speaker: Speaker, message: Message, seq: number): TurnItem[] {
  const speech = new Speech(speaker, seq);
  const items: TurnItem[] = [speech.begin()];
  let from = 0;
  // What an earlier run did, which was rolled back, is void here as it was when it happened.
  const own = usesIn(message.metadata).filter(({ run }) => run === undefined);
  for (const uses of byRound(own)) {
    const { round = 0, textOffset = from } = uses[0] ?? {};
    const text = message.content.slice(from, textOffset);
    from = textOffset;
    items.push(...speech.round(saidIn(round, text, uses), seq));
    for (const use of uses) items.push(...used(speech, round, use, seq));
  }
  return [...items, ...speech.end(message, seq)];
}

/** Uses of before rounds were counted are of one. */
function byRound(uses: readonly ToolUse[]): ToolUse[][] {
  return Object.values(Object.groupBy(uses, ({ round = 0 }) => round)).map((of) => of ?? []);
}

function saidIn(round: number, text: string, uses: readonly ToolUse[]): Said {
  const calls = uses.map(({ index, toolCallId, name, input, cut }, i) => ({
    ...{ index: index ?? i, toolCallId, name, input },
    ...(cut && { cut }),
  }));
  // Between two rounds' texts there is a paragraph's end, which is neither's own.
  return { round, text: text.replace(/^\n\n/, ""), calls };
}

function used(speech: Speech, round: number, use: ToolUse, seq: number): TurnItem[] {
  const place = speech.call(round, use.index);
  if (!place) return [];
  const { output, error, refused, cut } = use;
  const outcome = {
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(refused && { refused }),
    ...(cut && { cut }),
  };
  const call: TurnItem = { type: "call", ...place, where: "service", seq };
  // One without an outcome was cut off, or nobody knows what became of it.
  if (output === undefined && error === undefined) return [call];
  return [call, { type: "result", ...place, outcome, seq }];
}
