import type { TaskState } from "../../operations/a2a/params";
import type { JsonObject } from "../../protocol/json";
import { toTimestamp } from "../../protocol/time";
import type { Turn, TurnStatus } from "../../protocol/turn";
import type { ItemOf, TurnItem } from "../turn-view/item";
import { Artifacts, type Change } from "./artifacts";
import { filePartsOf } from "./file-parts";
import { asked, Questions } from "./questions";
import type { Update, WireMessage, WirePart, WireStatus, WireTask } from "./wire";

/** What a turn's status is to the protocol. */
export const STATE_OF = {
  PENDING: "TASK_STATE_SUBMITTED",
  PROCESSING: "TASK_STATE_WORKING",
  WAITING: "TASK_STATE_INPUT_REQUIRED",
  COMPLETED: "TASK_STATE_COMPLETED",
  FAILED: "TASK_STATE_FAILED",
  INTERRUPTED: "TASK_STATE_CANCELED",
} as const satisfies Record<TurnStatus, TaskState>;

/** `origin`: under which files are fetched. */
export type TaskFacts = { id: string; contextId: string; origin: string };

/** A turn as a task of the protocol: what it is now, and what each item of its view changes. */
export class TaskFrames {
  readonly #facts: TaskFacts;
  readonly #now: () => number;
  /** How the turn was found: what it has come through before is told without times. */
  readonly #found: WireStatus;
  #isLive = false;
  readonly #artifacts = new Artifacts();
  readonly #questions = new Questions();
  #status: WireStatus;
  #waiting: ItemOf<"waiting"> | undefined;
  #end: ItemOf<"ended"> | undefined;

  constructor(facts: TaskFacts, turn: Turn, now: () => number = Date.now) {
    this.#facts = facts;
    this.#now = now;
    this.#found = statusOf(turn);
    this.#status = this.#found;
  }

  get task(): WireTask {
    const artifacts = this.#artifacts.all;
    const { id, contextId } = this.#facts;
    return {
      id,
      contextId,
      status: this.#status,
      ...(artifacts.length > 0 && { artifacts }),
    };
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** What somebody is to answer, while the turn waits. */
  get waiting(): ItemOf<"waiting"> | undefined {
    return this.#waiting;
  }

  get questions(): Questions["open"] {
    return this.#questions.open;
  }

  read(item: TurnItem): Update[] {
    switch (item.type) {
      case "live":
        this.#isLive = true;
        return [];
      case "queued":
        return this.#becomes("TASK_STATE_SUBMITTED");
      case "working":
        this.#questions.clear();
        return this.#becomes("TASK_STATE_WORKING");
      case "phase":
        return this.#phase(item);
      case "attempt":
        this.#questions.clear();
        return this.#changed(this.#artifacts.restart(item));
      case "text":
        return this.#changed(this.#artifacts.grow(item));
      case "round":
        this.#artifacts.commit(item);
        return [];
      case "retrying":
        return this.#changed(this.#artifacts.fail(item));
      case "message":
        return this.#changed(
          this.#artifacts.keep(item, filePartsOf(item.message, this.#facts.origin)),
        );
      case "approval":
        this.#questions.ask(item);
        return [];
      case "decision":
        this.#questions.answer(item);
        return [];
      case "waiting":
        return this.#waits(item);
      case "ended":
        return this.#ends(item);
      default:
        return [];
    }
  }

  #waits(item: ItemOf<"waiting">): Update[] {
    const { text, data } = asked(item, this.#questions.open);
    const message = this.#says(item.seq, [{ text }, { data }]);
    const update = this.#becomes("TASK_STATE_INPUT_REQUIRED", message);
    this.#waiting = item;
    return update;
  }

  #ends(item: ItemOf<"ended">): Update[] {
    const { status, error, reason, seq } = item;
    const changes = this.#changed(this.#artifacts.end());
    this.#end = item;
    const words = error?.message ?? reason;
    const metadata: JsonObject | undefined = error && { code: error.code };
    const message = words === undefined ? undefined : this.#says(seq, [{ text: words }], metadata);
    return [...changes, ...this.#becomes(STATE_OF[status], message)];
  }

  /** How far a step is; a state of its own the protocol has not. */
  #phase({ phase, status, percentComplete, message, seq }: ItemOf<"phase">): Update[] {
    if (this.#status.state !== "TASK_STATE_WORKING") return [];
    const words = message === undefined ? {} : { message: this.#says(seq, [{ text: message }]) };
    const metadata: JsonObject = {
      ...{ phase, status },
      ...(percentComplete !== undefined && { percentComplete }),
    };
    const { state } = this.#status;
    const told = { state, timestamp: this.#since(state), ...words };
    return [{ statusUpdate: { ...this.#place, status: told, metadata } }];
  }

  #becomes(state: TaskState, message?: WireMessage): Update[] {
    this.#waiting = undefined;
    if (state === this.#status.state && !message) return [];
    this.#status = { state, timestamp: this.#since(state), ...(message && { message }) };
    return [{ statusUpdate: { ...this.#place, status: this.#status } }];
  }

  #since(state: TaskState): string {
    const isFound = !this.#isLive && state === this.#found.state;
    return isFound ? this.#found.timestamp : toTimestamp(this.#now());
  }

  #changed(changes: Change[]): Update[] {
    return changes.map((change) => ({ artifactUpdate: { ...this.#place, ...change } }));
  }

  /** Words of the service's own; the number of the log makes their id. */
  #says(seq: number, parts: WirePart[], metadata?: JsonObject): WireMessage {
    const messageId = `${this.#facts.id}.${seq}`;
    const said = { messageId, ...this.#place, role: "ROLE_AGENT" as const, parts };
    return { ...said, ...(metadata && { metadata }) };
  }

  get #place(): { taskId: string; contextId: string } {
    const { id, contextId } = this.#facts;
    return { taskId: id, contextId };
  }
}

/** A turn's status as it stands, without words. */
export function statusOf({ status, createdAt, startedAt, endedAt }: Turn): WireStatus {
  return { state: STATE_OF[status], timestamp: endedAt ?? startedAt ?? createdAt };
}
