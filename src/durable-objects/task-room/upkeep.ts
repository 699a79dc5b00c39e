import { meetDeadlines } from "../../engine/turn/deadlines";
import { recoverTurn } from "../../engine/turn/recover";
import { activeTurn } from "../../engine/turn/room";
import { CLOSE } from "../../protocol/close-codes";
import type { Desk } from "./desk";

/** What a room does by itself: when it wakes, and when its alarm rings. */
export class Upkeep {
  readonly #desk: Desk;
  #hasCaughtUp = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Goes on with what an earlier instance left: a step that nobody works on, a queue that stands. */
  recover(): void {
    const { room, attempts, nextTurn } = this.#desk;
    const active = room && activeTurn(room);
    if (active && !attempts.isRunning(active.id)) this.#desk.perform(recoverTurn);
    if (room && !active) nextTurn.begin();
    if (!this.#hasCaughtUp) this.#catchUp();
  }

  /** Does what is due. Only decides and starts work; waits for none of it. */
  lookAround(): void {
    const desk = this.#desk;
    const now = desk.doors.now();
    this.recover();
    desk.perform(meetDeadlines);
    this.recover();
    desk.feeds.retry(now);
    desk.cleanUp.run();
    for (const connection of desk.connections.all()) {
      if (connection.isExpired(now)) connection.close(CLOSE.unauthorized, "token expired");
    }
  }

  /** What an earlier instance had not told goes out once this one is awake. */
  #catchUp(): void {
    this.#hasCaughtUp = true;
    this.#desk.feeds.catchUp();
  }
}
