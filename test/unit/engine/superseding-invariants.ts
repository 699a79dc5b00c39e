import { finishedMessage } from "../../../src/durable-objects/task-room/store/message-table";
import type { LogEvent } from "../../../src/protocol/events";
import type { Commit } from "../../support/engine-world";
import { claim } from "./claim";

/** What must hold of messages that others have taken the place of; throws where it does not. */
export class SupersedingAuditor {
  readonly #said = new Set<string>();
  readonly #gone = new Set<string>();
  /** Turn → the message that it answers. */
  readonly #asked = new Map<string, string>();

  check({ events, after }: Commit): void {
    for (const event of events) this.#read(event);
    const { messages, openTurns } = after.state;
    const back = messages.filter(({ id }) => this.#gone.has(id));
    claim(back.length === 0, "what was superseded does not come back", back);
    const standing = new Set(messages.map(({ id }) => id));
    const answering = new Map<string, string>();
    for (const { role, turnId } of messages) {
      const asked = role === "assistant" ? this.#asked.get(turnId) : undefined;
      if (asked === undefined) continue;
      const other = answering.get(asked) ?? turnId;
      claim(other === turnId, "a message has the answers of one turn", { asked, other, turnId });
      answering.set(asked, turnId);
      claim(standing.has(asked), "what an answer was asked stands", { asked, turnId });
    }
    const lost = openTurns.filter(({ messageId }) => !standing.has(messageId));
    claim(lost.length === 0, "an open turn's message stands", lost);
  }

  #read(event: LogEvent): void {
    const { id } = finishedMessage(event) ?? {};
    if (id !== undefined) this.#said.add(id);
    const { type, data } = event;
    if (type === "turn:status" && data.turn) this.#asked.set(data.turnId, data.turn.messageId);
    if (type !== "messages:superseded") return;
    const unsaid = data.messageIds.filter((one) => !this.#said.has(one));
    claim(unsaid.length === 0, "what was never said is not superseded", unsaid);
    for (const one of data.messageIds) this.#gone.add(one);
  }
}
