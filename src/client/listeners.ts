import { outside } from "./store";

type Listener<Event> = (event: Event) => void;

/** Who wants to hear of which type of event; `*` stands for all. */
export class Listeners<Event extends { type: string }> {
  readonly #byType = new Map<string, Set<Listener<Event>>>();

  add(type: string, listener: Listener<Event>): () => void {
    const own: Listener<Event> = (event) => listener(event);
    const set = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, set.add(own));
    return () => void set.delete(own);
  }

  tell(event: Event): void {
    for (const type of [event.type, "*"]) {
      for (const listener of [...(this.#byType.get(type) ?? [])]) outside(() => listener(event));
    }
  }
}
