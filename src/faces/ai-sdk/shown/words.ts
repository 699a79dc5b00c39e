import type { Stays, TurnItem } from "../../turn-view/item";
import type { ShownPart, WordsPart } from "./part";

export function isWords(part: ShownPart): part is WordsPart {
  return part.kind === "text" || part.kind === "reasoning";
}

type Said = Extract<TurnItem, { type: "text" | "thinking" }>;

/** What is said goes on the part of its round; a round's reasoning stands before its text. */
export function spoken(parts: readonly ShownPart[], item: Said): readonly ShownPart[] {
  const kind = item.type === "text" ? "text" : "reasoning";
  const at = parts.findIndex((part) => part.kind === kind && isOf(part, item));
  const part = parts[at];
  if (part && isWords(part)) {
    const next = { ...part, text: part.text + item.delta, isDone: false };
    return parts.with(at, next);
  }
  const { messageId, round, offset, delta } = item;
  const open = { isDone: false, isKept: false, cutBy: 0 };
  const begun: WordsPart = { kind, messageId, round, offset, text: delta, ...open };
  if (kind === "text") return [...parts.map((one) => reasoned(one, item)), begun];
  const text = parts.findIndex((one) => one.kind === "text" && isOf(one, item));
  return parts.toSpliced(text < 0 ? parts.length : text, 0, begun);
}

function isOf(part: ShownPart, { messageId, round }: Said): boolean {
  return isWords(part) && part.messageId === messageId && part.round === round;
}

/** The reasoning of a round is over where its text begins. */
function reasoned(part: ShownPart, item: Said): ShownPart {
  if (part.kind !== "reasoning" || part.isDone || !isOf(part, item)) return part;
  return { ...part, isDone: true };
}

/** Those that are over are whole, and stay whatever becomes of the attempt. */
export function closed(
  parts: readonly ShownPart[],
  isOver: (part: WordsPart) => boolean,
): readonly ShownPart[] {
  return parts.map((part) =>
    isWords(part) && !part.isKept && isOver(part) ? { ...part, isDone: true, isKept: true } : part,
  );
}

/** What an attempt leaves of its message's parts where it ends or another begins; all others stay. */
export function keptBy(parts: readonly ShownPart[], attempt: Stays): readonly ShownPart[] {
  return parts.flatMap((part): ShownPart[] => {
    if (!("messageId" in part) || part.messageId !== attempt.messageId) return [part];
    if (part.kind === "file") return [];
    if (!isWords(part)) return part.round < attempt.keptRounds ? [part] : [];
    const most = part.kind === "text" ? attempt.kept : attempt.keptThinking;
    const units = most - part.offset;
    if (units >= part.text.length) return [part];
    const text = part.text.slice(0, Math.max(units, 0));
    return text === "" ? [] : [{ ...part, text, cutBy: attempt.attempt }];
  });
}
