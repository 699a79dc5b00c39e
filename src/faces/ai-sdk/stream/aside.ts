import type { TurnItem } from "../../turn-view/item";
import type { UiChunk } from "../chunk";

/** What is said beside the message, and kept nowhere: a transient data part. */
export function aside(item: TurnItem): Extract<UiChunk, { transient: true }> | undefined {
  switch (item.type) {
    case "queued":
      return { type: "data-queue", data: { position: item.position }, transient: true };
    case "phase": {
      const { step, phase, status, percentComplete, message } = item;
      const more = {
        ...(percentComplete !== undefined && { percentComplete }),
        ...(message !== undefined && { message }),
      };
      return { type: "data-phase", data: { step, phase, status, ...more }, transient: true };
    }
    case "progress": {
      const { call, progress, total, message } = item;
      const more = {
        ...(progress !== undefined && { progress }),
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      };
      const data = { toolCallId: call.toolCallId, toolName: call.name, ...more };
      return { type: "data-progress", data, transient: true };
    }
    case "retrying": {
      const { code, message } = item.error;
      const data = { code, message, retryInMs: item.retryInMs };
      return { type: "data-retrying", data, transient: true };
    }
    default:
      return undefined;
  }
}

/** The last word of each sort that still holds, for who comes later. */
export class Asides {
  readonly #last = new Map<string, UiChunk>();

  hear(item: TurnItem): void {
    if (item.type === "working" || item.type === "attempt") this.#last.delete("queued");
    if (item.type === "attempt") this.#last.delete("retrying");
    if (item.type === "ended") this.#last.clear();
    const said = item.type === "progress" ? undefined : aside(item);
    if (said) this.#last.set(item.type === "phase" ? `phase ${item.step}` : item.type, said);
  }

  get chunks(): UiChunk[] {
    return [...this.#last.values()];
  }
}
