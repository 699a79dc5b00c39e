import { erasedAt } from "../../engine/task/ephemeral";
import { meetDeadlines } from "../../engine/turn/deadlines";
import { recoverTurn } from "../../engine/turn/recover";
import { activeTurn, type Room } from "../../engine/turn/room";
import { CLOSE } from "../../protocol/close-codes";
import { buryIfOver } from "./commands/erasure";
import type { Desk } from "./desk";

/**
 * What a room does by itself: when it wakes, and when its alarm rings. Each piece is tried on its own,
 * and one that threw waits; none is waited for.
 */
export class Upkeep {
  readonly #desk: Desk;
  #hasCaughtUp = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Goes on with what an earlier instance left: a step that nobody works on, a queue that stands. */
  recover(): void {
    const { room, failedWork, older } = this.#desk;
    if (room) this.#goOn(room);
    older.goOn();
    if (this.#hasCaughtUp) return;
    // What an earlier instance had not told goes out once this one is awake.
    this.#hasCaughtUp = true;
    failedWork.attempt("outbox", () => this.#desk.feeds.catchUp());
    // The alarm of an earlier instance may be lost; a room at rest has nothing that waits for one,
    // unless it is to go by itself.
    if (room && hasSomethingAhead(room)) this.#desk.alarm.arm();
  }

  /** Does what is due, and sets the alarm for what comes next. */
  lookAround(): void {
    this.#desk.alarm.after(() => this.#doWhatIsDue());
  }

  /** Counts by how much an alarm is late that has come. */
  noteAlarm(scheduledTime: number | undefined): void {
    const { alarm, metrics } = this.#desk;
    const lateMs = alarm.rang(scheduledTime);
    if (lateMs === undefined) return;
    const value = lateMs / 1000;
    const labels = { room: "task" } as const;
    metrics.delay({ metric: "taskroom_alarm_lateness_seconds", labels, value });
  }

  #goOn(room: Room): void {
    const { attempts, failedWork, nextTurn } = this.#desk;
    const active = activeTurn(room);
    if (!active) {
      if (failedWork.waitsUntil("begin") === undefined) nextTurn.begin();
      return;
    }
    const runs = active.steps.some(({ status }) => status === "RUNNING");
    if (!runs || attempts.isRunning(active.id)) return;
    failedWork.attempt("recover", () => this.#desk.perform(recoverTurn));
  }

  #doWhatIsDue(): void {
    const desk = this.#desk;
    const { attempts, cleanUp, failedWork, feeds } = desk;
    const now = desk.doors.now();
    failedWork.attempt("ends", () => attempts.closeAgain());
    this.recover();
    // A queue that stands was just begun, or waits for its next try.
    if (desk.room && activeTurn(desk.room)) {
      failedWork.attempt("deadlines", () => desk.perform(meetDeadlines));
    }
    failedWork.attempt("outbox", () => feeds.retry(now));
    failedWork.attempt("clean-up", () => cleanUp.run());
    failedWork.attempt("expiry", () => this.#closeExpired(now));
    failedWork.attempt("erasure", () => buryIfOver(desk, now));
  }

  #closeExpired(now: number): void {
    for (const connection of this.#desk.connections.all()) {
      if (connection.isExpired(now)) connection.close(CLOSE.unauthorized, "token expired");
    }
  }
}

function hasSomethingAhead(room: Room): boolean {
  const isAtWork = room.state.openTurns.length > 0 || room.copying !== undefined;
  return isAtWork || erasedAt(room) !== undefined;
}
