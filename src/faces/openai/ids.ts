import { type Asked, ULID } from "../../operations/openai/ids";

const PREFIX_CHARS = "task_".length;

/** What comes after an id's prefix. */
function bare(id: string): string {
  return id.slice(PREFIX_CHARS);
}

export type TurnRef = { taskId: string; turnId: string };

/** A response is a turn. */
export function responseId({ taskId, turnId }: TurnRef): string {
  return `resp_${bare(taskId)}_${bare(turnId)}`;
}

/** The turn of a well-formed id. */
export function turnRef(responseId: string): TurnRef {
  const [, task, turn] = responseId.split("_");
  return { taskId: `task_${task}`, turnId: `turn_${turn}` };
}

/** A conversation is a task. */
export function conversationId(taskId: string): string {
  return `conv_${bare(taskId)}`;
}

/** The task of a well-formed id. */
export function taskRef(conversationId: string): string {
  return `task_${conversationId.slice("conv_".length)}`;
}

export function completionId({ taskId, turnId }: TurnRef): string {
  return `chatcmpl-${bare(taskId)}_${bare(turnId)}`;
}

export type MessageRef = { taskId: string; messageId: string };

/** The first part of the id of an item of a response: of which message it is, and in what task. */
export function itemIdOf(prefix: string, { taskId, messageId }: MessageRef): string {
  return [prefix, bare(taskId), messageId.slice("msg_".length)].join("_");
}

const ITEM = new RegExp(`^(?:msg|rs|mcp)_(${ULID})_(${ULID})_`);

/** The message of which an item is; nothing where the id is of none. */
export function itemRef(itemId: string): MessageRef | undefined {
  const [, task, message] = ITEM.exec(itemId) ?? [];
  return task === undefined ? undefined : { taskId: `task_${task}`, messageId: `msg_${message}` };
}

/** The id of a request for a person's word: what is asked for is in it. */
export function approvalId(asked: Asked): string {
  return `mcpr_${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(asked))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")}`;
}
