import type { Message } from "../../protocol/message";
import type { UnsentMessage } from "../room/room-snapshot";

const MAIN_THREAD = "main";

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

  /** A message of ours is heard before it is acknowledged, and must not be shown twice. */
  heard({ role, content, threadId }: Message): void {
    // Only the first can be on its way: the others wait for it.
    const [first, ...rest] = this.#messages;
    const isOurs = first?.content === content && (first.threadId ?? MAIN_THREAD) === threadId;
    if (role === "user" && isOurs) this.#change(rest);
  }

  #change(messages: readonly UnsentMessage[]): void {
    this.#messages = messages;
    this.#onChange(messages);
  }
}
