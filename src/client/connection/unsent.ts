import type { UnsentMessage } from "../room/room-snapshot";
import type { RoomEventOf } from "./room-connection";

type Heard = RoomEventOf<"chat:message">["data"];

/** Messages that are on their way, for showing: each until the room has it. */
export class Unsent {
  readonly #onChange: (messages: readonly UnsentMessage[]) => void;
  #messages: readonly UnsentMessage[] = [];

  constructor(onChange: (messages: readonly UnsentMessage[]) => void) {
    this.#onChange = onChange;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  add(message: UnsentMessage): void {
    this.#change([...this.#messages, message]);
  }

  remove(message: UnsentMessage): void {
    if (this.#messages.includes(message)) {
      this.#change(this.#messages.filter((other) => other !== message));
    }
  }

  /**
   * A message of ours is heard before it is acknowledged, and must not be shown twice. Only its id
   * tells: another member may write the same words, or have chosen the same id.
   */
  heard({ message, clientMessageId }: Heard, me: string | undefined): void {
    if (me !== undefined && message.author?.userId !== me) return;
    const ours = this.#messages.find((unsent) => unsent.clientMessageId === clientMessageId);
    if (ours) this.remove(ours);
  }

  #change(messages: readonly UnsentMessage[]): void {
    this.#messages = messages;
    this.#onChange(messages);
  }
}
