import type { TurnItem } from "../../turn-view/item";
import type { AgUiEvent } from "../event";
import { filesAside } from "../shown/files";
import { callId } from "../shown/ids";

type Custom = Extract<AgUiEvent, { type: "CUSTOM" }>;

/** Who is told of a turn; `origin`: under which files are fetched. */
export type Reader = { turnId: string; origin: string };

function custom(name: string, value: Custom["value"]): Custom {
  return { type: "CUSTOM", name: `taskroom.${name}`, value };
}

/** What the protocol has no event for, under the service's own names. */
export function asideOf({ turnId, origin }: Reader, item: TurnItem): Custom[] {
  switch (item.type) {
    case "message":
      return filesAside(item.message, origin);
    case "queued":
      return [custom("queued", { position: item.position })];
    case "phase": {
      const { step, phase, status, percentComplete = null, message = null } = item;
      return [custom("phase", { step, phase, status, percentComplete, message })];
    }
    case "attempt": {
      const { messageId, attempt, step, bot, model, reason } = item;
      return [custom("attempt", { messageId, attempt, step, bot, model, reason })];
    }
    case "retrying": {
      const { error, retryInMs } = item;
      return [custom("retrying", { code: error.code, message: error.message, retryInMs })];
    }
    case "decision":
      return [custom("decision", { toolCallId: callId(turnId, item), approve: item.approve })];
    case "progress": {
      const { progress = null, total = null, message = null } = item;
      return [custom("progress", { toolCallId: callId(turnId, item), progress, total, message })];
    }
    case "guided":
      return [custom("guided", { content: item.content, outcome: item.outcome })];
    default:
      return [];
  }
}

/** A client that sends something which nobody reads is told so. */
export function ignored(fields: readonly string[]): Custom[] {
  return fields.length === 0 ? [] : [custom("ignored", { fields: [...fields] })];
}
