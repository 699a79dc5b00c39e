import type { Stream, StreamCall } from "../../protocol/room-state";
import type { Turn } from "../../protocol/turn";
import type { TurnItem } from "./item";
import { Speech } from "./speech";

/** What a step is saying, told from its beginning as a room's state has it; all with one number. */
export function underWay(
  { steps }: Turn,
  stream: Stream,
  seq: number,
): { speech: Speech; items: TurnItem[] } {
  const { messageId, attempt, step, text, thinking, rounds = [] } = stream;
  const bot = steps.find((one) => one.step === step)?.bot ?? "";
  const speech = new Speech({ messageId, attempt, step, bot, model: "", reason: "first" }, seq);
  const items: TurnItem[] = [speech.begin()];
  for (const said of rounds) {
    items.push(...speech.round(said, seq));
    for (const call of said.calls) items.push(...asFarAs(speech, said.round, call, { step, seq }));
  }
  items.push(...speech.write("thinking", { offset: 0, delta: thinking }, seq));
  items.push(...speech.write("text", { offset: 0, delta: text }, seq));
  return { speech, items };
}

function asFarAs(
  speech: Speech,
  round: number,
  { index, approval, isMade, where, output, error, refused, cut }: StreamCall,
  { step, seq }: { step: string; seq: number },
): TurnItem[] {
  const place = speech.call(round, index);
  if (!place) return [];
  const items: TurnItem[] = [];
  if (approval) items.push({ type: "approval", ...place, step, seq });
  if (approval === "given" || approval === "refused") {
    items.push({ type: "decision", ...place, approve: approval === "given", seq });
  }
  if (isMade) items.push({ type: "call", ...place, where: where ?? "service", seq });
  if (output !== undefined || error !== undefined) {
    items.push({ type: "result", ...place, outcome: { output, error, refused, cut }, seq });
  }
  return items;
}
