import type { LogEvent } from "../../../src/protocol/events";
import type { Commit } from "../../support/engine-world";
import { claim } from "./claim";

/** What must hold of messages that others have taken the place of; throws where it does not. */
export class SupersedingAuditor {
  readonly #gone = new Set<string>();
  /** Turn → the message that it answers. */
  readonly #asked = new Map<string, string>();

  check({ events, after }: Commit): void {
    for (const event of events) this.#read(event);
    const { messages, openTurns } = after.state;
    const back = messages.filter(({ id }) => this.#gone.has(id));
    claim(back.length === 0, "what was superseded does not come back", back);
    const answering = new Map<string, string>();
    for (const { role, turnId } of messages) {
      const asked = role === "assistant" ? (this.#asked.get(turnId) ?? turnId) : undefined;
      if (asked === undefined) continue;
      const other = answering.get(asked) ?? turnId;
      claim(other === turnId, "a message has the answers of one turn", { asked, other, turnId });
      answering.set(asked, turnId);
    }
    const standing = new Set(messages.map(({ id }) => id));
    const lost = openTurns.filter(({ messageId }) => !standing.has(messageId));
    claim(lost.length === 0, "an open turn's message stands", lost);
  }

  #read({ type, data }: LogEvent): void {
    if (type === "messages:superseded") for (const id of data.messageIds) this.#gone.add(id);
    if (type === "turn:status" && data.turn) this.#asked.set(data.turnId, data.turn.messageId);
  }
}
