import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { WireUser } from "./wire-client";

const EVERY_MS = 50;

/**
 * Asks a room in which nothing happens again and again: how long that takes is the machine's own
 * slowness, which a test that measures times must not blame on the rooms at work.
 */
export class Bystander {
  readonly #asked: { from: number; until: number }[] = [];
  readonly #work: Promise<void>;
  #stopped = false;

  private constructor(user: WireUser, taskId: string) {
    this.#work = this.#ask(user, taskId);
  }

  static async of(user: WireUser): Promise<Bystander> {
    return new Bystander(user, await user.newTask());
  }

  /** Milliseconds that the slowest answer took, of those that were waited for in this time. */
  slowness(from: number, until: number): number {
    const then = this.#asked.filter((asked) => asked.from <= until && asked.until >= from);
    return Math.max(0, ...then.map((asked) => asked.until - asked.from));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #ask(user: WireUser, taskId: string): Promise<void> {
    while (!this.#stopped) {
      const from = Date.now();
      await user.ask(z.unknown(), "GET", `/tasks/${taskId}`);
      this.#asked.push({ from, until: Date.now() });
      await wait(EVERY_MS);
    }
  }
}
