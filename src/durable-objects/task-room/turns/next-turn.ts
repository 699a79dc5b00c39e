import { beginTurn, failBegin } from "../../../engine/turn/begin";
import type { Draft } from "../../../engine/turn/draft";
import { activeTurn, type Room, waitingTurns } from "../../../engine/turn/room";
import type { Doors } from "../doors";
import type { FailedWork } from "../failed-work";
import { admitNext } from "./admit-next";
import { TeamLookup } from "./team-lookup";

type Parts = {
  doors: Doors;
  failedWork: FailedWork;
  room(): Room | undefined;
  /** Decides a rule and commits it. */
  perform(rule: (draft: Draft) => void): void;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

/** Begins the queue's next turn, one at a time. */
export class NextTurn {
  readonly #parts: Parts;
  readonly #lookup: TeamLookup;
  #beginning = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#lookup = new TeamLookup(parts.doors);
  }

  /** Starts the queue's next turn, once its team is resolved. */
  begin(): void {
    const room = this.#parts.room();
    if (this.#beginning || !room || activeTurn(room) || waitingTurns(room).length === 0) return;
    this.#beginning = true;
    this.#parts.hold(this.#tryToBegin(room));
  }

  async #tryToBegin(room: Room): Promise<void> {
    const { failedWork } = this.#parts;
    try {
      await this.#begin(room);
    } catch (error) {
      this.#beginning = false;
      failedWork.failed("begin", error);
      return;
    }
    this.#beginning = false;
    failedWork.succeeded("begin");
    // A turn that could not begin has made way for the next.
    this.begin();
  }

  /** With the team as it is now, or as it was where D1 is down. */
  async #begin(room: Room): Promise<void> {
    const { doors, perform } = this.#parts;
    const plan = await this.#lookup.plan(room);
    const admitted = plan?.ok
      ? await admitNext({ doors, room: this.#parts.room(), perform })
      : undefined;
    doors.fault("before begin");
    if (plan?.ok) {
      const { value } = plan;
      perform((draft) => beginTurn(draft, value, admitted));
    } else {
      const message = "The task's team can no longer be resolved.";
      perform((draft) => failBegin(draft, { code: "model_rejected", message }));
    }
  }
}
