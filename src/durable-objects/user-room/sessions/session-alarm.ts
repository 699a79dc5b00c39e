import { deadlineOf, type EndedSession } from "../../../engine/session/session";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { RoomCheck } from "./room-check";

/** What the alarm does: whatever is due, each session on its own, any number of times. */
export class SessionAlarm {
  readonly #around: Surroundings;
  readonly #check: RoomCheck;

  constructor(around: Surroundings, check: RoomCheck) {
    this.#around = around;
    this.#check = check;
  }

  async ring(): Promise<void> {
    const tables = Tables.find(this.#around.storage);
    if (!tables) return;
    try {
      await this.#settleDue(tables);
    } finally {
      await this.#around.deadlines.rearm(tables, this.#around.now());
    }
  }

  async #settleDue(tables: Tables): Promise<void> {
    const now = this.#around.now();
    const idleMs = this.#around.limits.SESSION_IDLE_MS;
    const due = tables.sessions.readable().filter((kept) => deadlineOf(kept, idleMs) <= now);
    const overdue = due.filter(({ state }) => state === "live").map(({ id }) => id);
    const ended = due.filter((kept): kept is EndedSession => kept.state !== "live");
    await Promise.all([
      this.#check.ask(overdue),
      ...ended.map((session) =>
        this.#check.guarded(tables, session.id, () =>
          session.closing ? this.#check.close(tables, session) : tables.forget(session.id),
        ),
      ),
    ]);
  }
}
