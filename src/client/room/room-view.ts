import { applyEvent } from "../../engine/fold/fold";
import type { MomentaryEvent, RoomEvent } from "../../protocol/events";
import type { Message } from "../../protocol/message";
import type { Store } from "../store";
import { presenceAfter } from "./presence";
import type { RoomSnapshot } from "./room-snapshot";

type Ready = Extract<MomentaryEvent, { type: "session:ready" }>["data"];

/** What the room says, folded into the snapshot. */
export class RoomView {
  readonly #store: Store<RoomSnapshot>;
  /** Of the log that `room` was folded from. */
  #epoch: string | undefined;
  /** Since the last older page: one that is on its way may still have them. */
  #superseded = new Set<string>();

  constructor(store: Store<RoomSnapshot>) {
    this.#store = store;
    this.#epoch = store.next.room?.task.epoch;
  }

  /** Where the room's log is to be resumed. */
  get place(): Record<string, string> | undefined {
    const { room } = this.#store.next;
    if (!room || this.#epoch === undefined) return undefined;
    return { after: String(room.task.headSeq), epoch: this.#epoch };
  }

  /** `gap`: the event does not follow on what we have, so something was lost. */
  apply(event: RoomEvent): "new" | "known" | "gap" {
    const { room, presence } = this.#store.next;
    const head = room?.task.headSeq ?? 0;
    if ("seq" in event && event.seq > head + 1) return "gap";
    if ("seq" in event && event.seq <= head) return "known";
    if (event.type === "session:ready") this.#ready(event.data);
    if (event.type === "history:reset") this.#restart(event.data);
    if (event.type === "presence") {
      this.#store.set({ presence: presenceAfter(presence, event.data) });
    }
    // A new attempt supersedes what an earlier one left; so does an answer that was given anew, and an edit.
    if (event.type === "chat:start") this.#supersede([event.data.messageId]);
    if (event.type === "messages:superseded") this.#supersede(event.data.messageIds);
    this.#store.set({ room: applyEvent(room, event) });
    return "new";
  }

  /** A page of messages from before the oldest that we have, if any; anything else is out of date. */
  prepend(messages: Message[], before: string | undefined, hasOlder: boolean): void {
    const gone = this.#superseded;
    this.#superseded = new Set();
    if (oldestId(this.#store.next) !== before) return;
    const standing = messages.filter(({ id }) => !gone.has(id));
    this.#store.set({ older: [...standing, ...this.#store.next.older], hasOlder });
  }

  #ready({ epoch, state, hasOlder, presence, sessionId, limits }: Ready): void {
    if (state) this.#restart({ epoch, hasOlder });
    this.#epoch = epoch;
    this.#store.set({ presence, sessionId, limits });
  }

  /** Another state takes the place of ours: older pages need not join on to it. */
  #restart({ epoch, hasOlder }: Pick<Ready, "epoch" | "hasOlder">): void {
    this.#epoch = epoch;
    this.#superseded = new Set();
    this.#store.set({ older: [], hasOlder });
  }

  #supersede(messageIds: readonly string[]): void {
    for (const id of messageIds) this.#superseded.add(id);
    const { older } = this.#store.next;
    const gone = new Set(messageIds);
    if (older.some(({ id }) => gone.has(id))) {
      this.#store.set({ older: older.filter(({ id }) => !gone.has(id)) });
    }
  }
}

export function oldestId({ older, room }: RoomSnapshot): string | undefined {
  return (older[0] ?? room?.messages[0])?.id;
}
