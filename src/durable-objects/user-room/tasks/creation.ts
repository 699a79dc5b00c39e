import { inTime } from "../../../platform/in-time";
import { describeError, logError } from "../../../platform/platform-log";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import type { Task } from "../../../protocol/task";
import type { CreatedTask, OnceKey } from "../api";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { Claim } from "./claim-table";

/** Milliseconds that a task's room may take to make a task: it may have to look its team up. */
const PATIENCE_MS = 30_000;

const CONFLICT = refuse("conflict", "The Idempotency-Key was used with another body");
const DELETED = refuse("not_found", "The task made with this key was deleted");
const UNREACHABLE = refuse("unavailable", "The task's room cannot be reached right now.");

type Around = Pick<Surroundings, "storage" | "now" | "rooms" | "fault">;
/** What a room made, or that the task of this id is erased. */
type Made = Outcome<Task> | "gone";
export type Creation = {
  principal: Principal;
  /** The id that the task has where it is made now. */
  taskId: string;
  key?: string | undefined;
  once?: OnceKey | undefined;
  /** Has the room make it; may be said again. */
  make(taskId: string): Promise<Made>;
};
/** The task to make or to find, and what the request is answered then. */
type Claimed = Pick<Claim, "taskId" | "isMade" | "answer"> & { isRepeat: boolean };

/**
 * Makes the user's tasks: claims their names, has the room make the task, and has it in the list before
 * anybody is answered. A claim names its task first, and a room makes a task of an id once, so
 * whatever dies on the way, the same request goes on where that was, and two at once make one task.
 */
export class Creations {
  readonly #around: Around;
  /** Tasks that are being made, and by how many requests: none of them frees another's claim. */
  readonly #underWay = new Map<string, number>();

  constructor(around: Around) {
    this.#around = around;
  }

  /** Whether a request is making this task: what comes of it is that request's to say. */
  isUnderWay(taskId: string): boolean {
    return this.#underWay.has(taskId);
  }

  async create(creation: Creation): Promise<Outcome<CreatedTask>> {
    const first = await this.#attempt(creation);
    if (first !== "gone") return first;
    // A key whose task is gone stands for nothing: once more, for a task of its own.
    const second = await this.#attempt(creation);
    return second === "gone" ? refused(DELETED) : second;
  }

  async #attempt(creation: Creation): Promise<Outcome<CreatedTask> | "gone"> {
    const claimed = this.#claim(creation);
    if (!claimed.ok) return claimed;
    this.#around.fault("task claimed");
    const { taskId, isMade, isRepeat } = claimed.value;
    const answer = isMade ? await this.#read(creation, taskId) : await this.#make(creation, taskId);
    if (answer !== "gone") {
      return answer.ok ? accepted(this.#keep(creation, answer.value, claimed.value)) : answer;
    }
    this.#around.storage.transactionSync(() => {
      const { claims } = Tables.make(this.#around.storage);
      if (isRepeat) claims.forgetTask(taskId);
      else claims.drop(taskId);
    });
    return isRepeat ? refused(DELETED) : "gone";
  }

  /** One transaction: nobody claims between looking and writing. */
  #claim({ taskId, key, once }: Creation): Outcome<Claimed> {
    const { storage } = this.#around;
    const now = this.#around.now();
    if (once === undefined && key === undefined) {
      return accepted({ taskId, isMade: false, answer: "made", isRepeat: false });
    }
    return storage.transactionSync((): Outcome<Claimed> => {
      const { claims } = Tables.make(storage);
      const repeated = once && claims.get("once", once.key, now);
      if (repeated && repeated.bodyHash !== once.bodyHash) return refused(CONFLICT);
      if (repeated?.answer === "erased") return refused(DELETED);
      const isRepeat = repeated !== undefined;
      if (repeated?.isMade) return accepted({ ...repeated, isRepeat });
      const named = key === undefined ? undefined : claims.get("key", key, now);
      const holder = named ?? { taskId: repeated?.taskId ?? taskId, isMade: false };
      const claim = { ...holder, answer: holder.isMade ? "there" : "made" } as const;
      if (key !== undefined && !named) claims.put({ ...claim, kind: "key", name: key }, now);
      const { bodyHash, key: name } = once ?? {};
      if (name !== undefined) claims.put({ ...claim, kind: "once", name, bodyHash }, now);
      return accepted({ ...claim, isRepeat });
    });
  }

  async #read({ principal }: Creation, taskId: string): Promise<Made> {
    return this.#reach(async () => goneOr(await this.#around.rooms.read(taskId, principal)));
  }

  async #make({ make }: Creation, taskId: string): Promise<Made> {
    this.#underWay.set(taskId, (this.#underWay.get(taskId) ?? 0) + 1);
    const made = await this.#reach(() => make(taskId));
    const others = (this.#underWay.get(taskId) ?? 1) - 1;
    if (others > 0) this.#underWay.set(taskId, others);
    else this.#underWay.delete(taskId);
    this.#around.fault("task made");
    // Refused for good, and nobody else is making it: its key is free for another.
    const isRefused = made === "gone" || (!made.ok && made.refusal.code !== "unavailable");
    if (isRefused && others === 0) Tables.find(this.#around.storage)?.claims.release(taskId);
    return made;
  }

  #keep({ key, once }: Creation, task: Task, { taskId, answer, isMade }: Claimed): CreatedTask {
    const { storage } = this.#around;
    return storage.transactionSync(() => {
      const { tasks, claims } = Tables.make(storage);
      tasks.put({ task, seq: task.headSeq, inviter: "" });
      // Of several that made one at once by its key alone, the first did.
      const isFirst = isMade || claims.make(taskId) || once !== undefined || key === undefined;
      return { task, isNew: isFirst && answer === "made" };
    });
  }

  /** A room may be asked twice: it makes a task of an id once. */
  async #reach(ask: () => Promise<Made>): Promise<Made> {
    const once = () => inTime(PATIENCE_MS, ask);
    try {
      return await once().catch(once);
    } catch (error) {
      logError("task_room_failed", { causes: describeError(error) });
      return refused(UNREACHABLE);
    }
  }
}

/** A room that has no task for its creator has erased it; with issues it is something in the request that is not there. */
export function goneOr(answer: Outcome<Task>): Made {
  if (answer.ok) return answer;
  const { code, issues } = answer.refusal;
  return code === "not_found" && !issues ? "gone" : answer;
}
