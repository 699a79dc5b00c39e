import type { LogEvent } from "../../../src/protocol/events";
import { claim } from "./claim";

type Known = { calls: Set<number>; ended: Set<number> };

/** What must hold of the rounds in a log; throws where it does not. */
export class RoundAuditor {
  /** Message → round → its calls. */
  readonly #rounds = new Map<string, Map<number, Known>>();

  check(events: LogEvent[]): void {
    for (const event of events) this.#checkOne(event);
  }

  #checkOne(event: LogEvent): void {
    if (event.type === "chat:start") {
      if (event.data.offset === undefined) this.#rounds.delete(event.data.messageId);
    } else if (event.type === "chat:round") {
      const { messageId, round, calls, offset } = event.data;
      const rounds = this.#rounds.get(messageId) ?? new Map<number, Known>();
      // More of the last one's words: only what an agent goes on from grows, and it has no calls.
      if (offset !== undefined) {
        claim(round === rounds.size - 1 && calls.length === 0, "only the last round grows", event);
        return;
      }
      claim(round === rounds.size, "rounds are numbered 0, 1, 2, …, each once", event);
      const indexes = new Set(calls.map(({ index }) => index));
      claim(indexes.size === calls.length, "each call of a round has its own index", event);
      this.#rounds.set(messageId, rounds.set(round, { calls: indexes, ended: new Set() }));
    } else if (event.type === "tool:call" || event.type === "tool:result") {
      const { messageId, round = -1, index = -1 } = event.data;
      const known = this.#rounds.get(messageId)?.get(round);
      claim(known?.calls.has(index) === true, "a tool's use is of a round's call", event);
      claim(known?.ended.has(index) === false, "a call with a result is over", event);
      if (event.type === "tool:result") known?.ended.add(index);
    }
  }
}
