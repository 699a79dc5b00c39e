import type { Change } from "../../engine/turn/draft";
import type { Room } from "../../engine/turn/room";
import type { RoomStore } from "./store/room-store";

/** The room as the object holds it: what was committed last, and whether the task is being erased. */
export class HeldRoom {
  readonly #store: RoomStore;
  #known: Room | undefined;
  #deletedAt: number | undefined;

  constructor(store: RoomStore) {
    this.#store = store;
    const loaded = store.load();
    this.#known = loaded?.room;
    this.#deletedAt = loaded?.deletedAt;
  }

  /** The room as it is; nothing where no task was created, or it was erased. */
  get room(): Room | undefined {
    return this.#deletedAt === undefined ? this.#known : undefined;
  }

  /** The same, and what is left of it while the task is being erased. */
  get known(): Room | undefined {
    return this.#known;
  }

  /** Milliseconds since 1970; set while the task is being erased. */
  get deletedAt(): number | undefined {
    return this.#deletedAt;
  }

  get taskId(): string | undefined {
    return this.#known?.state.task.id;
  }

  get buriedTaskId(): string | undefined {
    return this.#deletedAt === undefined ? undefined : this.taskId;
  }

  /** Who asked for an open turn. */
  userOf(turnId: string): string {
    return this.#known?.runs[turnId]?.userId ?? "";
  }

  get members(): string[] {
    return Object.keys(this.#known?.members ?? {});
  }

  /** Holds what was committed. Messages live in their table; the fold's copies have done their duty. */
  keep(room: Room): void {
    this.#known = { ...room, state: { ...room.state, messages: [] } };
  }

  /** Holds what is momentary, which no commit says. */
  keepMomentary(state: Room["state"]): void {
    if (this.#known) this.#known = { ...this.#known, state };
  }

  /** From here on the task is gone for everybody. Throws where that cannot be written. */
  bury(now: number): void {
    const { room } = this;
    if (!room) return;
    this.#store.putTombstone(room, now);
    this.#deletedAt = now;
  }

  /** Forgets a room whose storage is gone. */
  forget(): void {
    this.#known = undefined;
  }
}

/** Whether a rule had nothing to do: plans that nobody uses may have gone, which is no change. */
export function changesNothing(before: Room, change: Change): boolean {
  const { room, events, effects, parts, files } = change;
  if (events.length + effects.length + parts.length + files.length > 0) return false;
  const { plans: _, ...rest } = room;
  const known: Record<string, unknown> = before;
  return Object.entries(rest).every(([key, value]) => known[key] === value);
}
