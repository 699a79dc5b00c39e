import type { Message } from "../../../protocol/message";
import { shownFiles } from "../../files/shown-file";
import type { TurnItem } from "../../turn-view/item";
import { restated } from "../../turn-view/restated";
import { uniqueCallId } from "./call-id";
import { withCall } from "./calls";
import type { ShownPart, ToolPart } from "./part";
import { answered, denied, question } from "./questions";
import { closed, isWords, keptBy, spoken } from "./words";

/** What a client shows of one turn: a function of the items so far, and of nothing else. */
export type Shown = {
  turnId: string;
  /** Under which files are fetched. */
  origin: string;
  parts: readonly ShownPart[];
  /** The messages that are kept, as they ended. */
  messages: readonly Message[];
};

export function nothingShown(turnId: string, origin: string): Shown {
  return { turnId, origin, parts: [], messages: [] };
}

export function shownAfter(shown: Shown, item: TurnItem): Shown {
  if (item.type === "message") return withMessage(shown, item.message);
  if (item.type === "attempt") {
    const messages = shown.messages.filter(({ id }) => id !== item.messageId);
    return { ...shown, messages, parts: keptBy(shown.parts, item) };
  }
  const parts = partsAfter(shown, item);
  return parts === shown.parts ? shown : { ...shown, parts };
}

type Other = Exclude<TurnItem, { type: "message" | "attempt" }>;

function partsAfter({ turnId, parts, messages }: Shown, item: Other): readonly ShownPart[] {
  switch (item.type) {
    case "text":
    case "thinking":
      return spoken(parts, item);
    case "round":
      return closed(parts, (part) => isOf(part, item.messageId) && part.round <= item.round);
    case "approval":
    case "decision":
    case "call":
    case "result":
      return withCall(parts, item, turnId);
    case "guided": {
      const { content, outcome, seq } = item;
      if (outcome !== "applied") return parts;
      return [...parts, { kind: "steering", id: `${turnId}.${seq}`, text: content }];
    }
    case "retrying":
      // Whoever comes now is told nothing of what the attempt had not committed.
      return item.stays ? keptBy(parts, item.stays) : parts;
    case "waiting":
      return question(parts, item, turnId);
    case "queued":
      // It is tried again after an end: who was asked has said no.
      return denied(parts);
    case "working":
      return answered(parts);
    case "ended":
      // What is in no message that was kept is void.
      return denied(parts.filter((part) => messages.some(({ id }) => isOf(part, id))));
    default:
      return parts;
  }
}

/** Whether a part is of this message, or of none. */
function isOf(part: ShownPart, messageId: string): boolean {
  const own = "messageId" in part ? part.messageId : undefined;
  return own === undefined || own === messageId;
}

/** The message as it is kept, which is how everybody will be told of it from now on. */
export function withMessage(shown: Shown, message: Message): Shown {
  const { parts, messages } = shown;
  const isOwn = (part: ShownPart) => "messageId" in part && part.messageId === message.id;
  const first = parts.findIndex(isOwn);
  // All before its first part are others'.
  const at = first < 0 ? parts.length : first;
  const others = parts.filter((part) => !isOwn(part));
  const told = distinct(
    partsOf(message, others, shown).map((part) => asBefore(part, parts)),
    parts,
  );
  return {
    ...shown,
    parts: others.toSpliced(at, 0, ...told),
    messages: [...messages.filter(({ id }) => id !== message.id), message],
  };
}

function partsOf(message: Message, others: readonly ShownPart[], of: Shown): ShownPart[] {
  const speaker = { messageId: message.id, attempt: 1, step: "", bot: "", model: "" };
  const items = restated({ ...speaker, reason: "first" }, message, message.seq);
  let shown: Shown = { ...of, parts: others, messages: [] };
  for (const item of items) if (item.type !== "message") shown = shownAfter(shown, item);
  const files = shownFiles(message, of.origin).map(
    (file): ShownPart => ({ kind: "file", messageId: message.id, file }),
  );
  return [...closed(shown.parts, () => true).slice(others.length), ...files];
}

/** What a message does not tell of its parts stays: a call's id here, whose it was, who allowed it. */
function asBefore(part: ShownPart, parts: readonly ShownPart[]): ShownPart {
  if (part.kind === "steering" || part.kind === "file") return part;
  const old = parts.find((one) => one.kind === part.kind && isSame(one, part));
  if (isWords(part)) return old && isWords(old) ? { ...part, cutBy: old.cutBy } : part;
  if (old?.kind !== "tool") return part;
  const { toolCallId, isClients, approval = part.approval }: ToolPart = old;
  // A call that the message keeps without an outcome waits for nobody any more.
  const isOver = part.state !== "input-available";
  return { ...part, toolCallId, isClients, ...(isOver && approval && { approval }) };
}

/** A call that only the message tells of takes no id from one that was shown. */
function distinct(told: readonly ShownPart[], shown: readonly ShownPart[]): ShownPart[] {
  const taken = new Set(shown.map((part) => part.kind === "tool" && part.toolCallId));
  return told.map((part) => {
    if (part.kind !== "tool") return part;
    const isKnown = shown.some((one) => one.kind === "tool" && isSame(one, part));
    const toolCallId = isKnown ? part.toolCallId : uniqueCallId(part, (id) => taken.has(id));
    taken.add(toolCallId);
    return { ...part, toolCallId };
  });
}

type Placed = { messageId?: string; round?: number; index?: number };

function isSame(a: Placed, b: Placed): boolean {
  return a.messageId === b.messageId && a.round === b.round && a.index === b.index;
}
