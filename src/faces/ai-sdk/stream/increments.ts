import { type UiChunk, uiFile } from "../chunk";
import { type ShownPart, STATE_RANK, type ToolPart, type WordsPart } from "../shown/part";
import { isWords } from "../shown/words";

/**
 * What brings a client from one state of a turn's parts to the next. The protocol can add to a part and
 * append parts; whatever else changes is told by `reset-step`, which takes all parts of the step away,
 * and all of them anew. It takes no more than one step, and nothing in it takes an earlier one back, so
 * that a turn is one step.
 */
export function increments(before: readonly ShownPart[], after: readonly ShownPart[]): UiChunk[] {
  if (before === after) return [];
  const isMore = before.every((part, i) => mayBecome(part, after[i]));
  if (!isMore) return [{ type: "reset-step" }, ...after.flatMap(opened)];
  return after.flatMap((part, i) => {
    const old = before[i];
    return old === undefined ? opened(part) : changed(old, part);
  });
}

/** A part from nothing to how it is. */
export function opened(part: ShownPart): UiChunk[] {
  if (part.kind === "steering") {
    const { id, text } = part;
    return [{ type: "steering-message", id, parts: [{ type: "text", text }] }];
  }
  if (part.kind === "tool") return [called(part), ...happened(part)];
  if (part.kind === "file") return [{ type: "file", ...uiFile(part.file) }];
  const id = idOf(part);
  return [
    { type: `${part.kind}-start`, id },
    { type: `${part.kind}-delta`, id, delta: part.text },
    ...ends(part),
  ];
}

function mayBecome(old: ShownPart, next: ShownPart | undefined): boolean {
  if (old === next) return true;
  if (!next || old.kind !== next.kind) return false;
  if (isWords(old) && isWords(next)) return grows(old, next);
  if (old.kind === "tool" && next.kind === "tool") return goesOn(old, next);
  if (old.kind === "file" && next.kind === "file") return old.file.id === next.file.id;
  return old.kind === "steering" && next.kind === "steering" && old.id === next.id;
}

/** Compares what is known of texts, and not the texts: they are long, and each of its deltas asks. */
function grows(old: WordsPart, next: WordsPart): boolean {
  const { messageId, round, cutBy, text, isDone } = next;
  const isIt = old.messageId === messageId && old.round === round && old.cutBy === cutBy;
  if (!isIt || text.length < old.text.length) return false;
  return !old.isDone || (isDone && text.length === old.text.length);
}

function goesOn(old: ToolPart, next: ToolPart): boolean {
  const isIt =
    old.toolCallId === next.toolCallId &&
    old.messageId === next.messageId &&
    old.isClients === next.isClients;
  const isOnward = STATE_RANK[next.state] > STATE_RANK[old.state];
  return isIt && (isOnward || next.state === old.state);
}

function changed(old: ShownPart, part: ShownPart): UiChunk[] {
  if (old === part) return [];
  if (isWords(old) && isWords(part)) return grown(old, part);
  if (old.kind === "tool" && part.kind === "tool" && old.state !== part.state) {
    return happened(part);
  }
  return [];
}

function grown(old: WordsPart, part: WordsPart): UiChunk[] {
  const id = idOf(part);
  const delta = part.text.slice(old.text.length);
  const more: UiChunk[] = delta === "" ? [] : [{ type: `${part.kind}-delta`, id, delta }];
  return old.isDone ? more : [...more, ...ends(part)];
}

function ends(part: WordsPart): UiChunk[] {
  return part.isDone ? [{ type: `${part.kind}-end`, id: idOf(part) }] : [];
}

/** Alike however often a part is told: a client keeps the ids of reasoning. */
function idOf({ messageId, round }: WordsPart): string {
  return `${messageId}.${round}`;
}

/** A call that is not the client's own is marked as made elsewhere: no handler of the client's is asked. */
function called({ toolCallId, name, input, isClients }: ToolPart): UiChunk {
  const ours = isClients ? {} : ({ dynamic: true, providerExecuted: true } as const);
  return { type: "tool-input-available", toolCallId, toolName: name, input, ...ours };
}

/** How a call came to its state; each chunk may be said again. */
function happened(part: ToolPart): UiChunk[] {
  const { toolCallId, approval, state, output = null, errorText = "" } = part;
  const chunks: UiChunk[] = [];
  if (approval) {
    const { id, approved, reason } = approval;
    chunks.push({ type: "tool-approval-request", approvalId: id, toolCallId });
    if (approved !== undefined) {
      const said = { approvalId: id, approved, ...(reason !== undefined && { reason }) };
      chunks.push({ type: "tool-approval-response", ...said });
    }
  }
  // The client's own is over as well: it is not to be sent again.
  const providerExecuted = true;
  if (state === "output-available") {
    chunks.push({ type: "tool-output-available", toolCallId, output, providerExecuted });
  } else if (state === "output-error") {
    chunks.push({ type: "tool-output-error", toolCallId, errorText, providerExecuted });
  } else if (state === "output-denied") {
    chunks.push({ type: "tool-output-denied", toolCallId });
  }
  return chunks;
}
