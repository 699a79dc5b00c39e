import { type Refusal, refuse } from "../../src/protocol/errors";

export type Reply = { ok: true; data: unknown } | { ok: false; refusal: Refusal };

type Unanswered = { frame: string; settle: (reply: Reply) => void };

/** Commands that have no reply yet, in the order in which they were given. */
export class Outbox {
  readonly #unanswered = new Map<string, Unanswered>();

  add(id: string, frame: string): Promise<Reply> {
    return new Promise((settle) => this.#unanswered.set(id, { frame, settle }));
  }

  get frames(): string[] {
    return [...this.#unanswered.values()].map(({ frame }) => frame);
  }

  frameOf(id: string): string | undefined {
    return this.#unanswered.get(id)?.frame;
  }

  settle(id: string, reply: Reply): void {
    this.#unanswered.get(id)?.settle(reply);
    this.#unanswered.delete(id);
  }

  giveUp(reason: string): void {
    const reply: Reply = { ok: false, refusal: refuse("unavailable", reason) };
    for (const id of [...this.#unanswered.keys()]) this.settle(id, reply);
  }
}
