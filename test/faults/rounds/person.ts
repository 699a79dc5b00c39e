import { setTimeout as wait } from "node:timers/promises";
import { isWaiting } from "../../../src/engine/fold/rounds-fold";
import type { StreamCall } from "../../../src/protocol/room-state";
import type { Random } from "../random";
import type { Watcher } from "../watcher";

const LOOKS_EVERY_MS = 30;
const AGAIN_AFTER_MS = 700;
/** Of every so many calls one is not allowed, or fails at the client. */
const REFUSES = 0.25;
/** What an answer may be told: it was there already, or the room is not well. */
const MAY_BE = ["invalid_transition", "not_found", "internal", "unavailable"];

export type Waiting = { turnId: string; step: string; call: StreamCall };

/** Says yes or no to calls that wait for a person, and carries out those that are the client's. */
export class Person {
  readonly complaints: string[] = [];
  readonly #client: Watcher;
  readonly #random: Random;
  #isHere = false;

  constructor(client: Watcher, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  /** What waits as this client sees it. */
  get waiting(): Waiting[] {
    const { streams = [] } = this.#client.frames.state ?? {};
    return streams.flatMap(({ turnId, step, rounds = [] }) =>
      rounds.flatMap(({ calls }) =>
        calls.filter(isWaiting).map((call) => ({ turnId, step, call })),
      ),
    );
  }

  attend(): void {
    if (this.#isHere) return;
    this.#isHere = true;
    void this.#look();
  }

  leave(): void {
    this.#isHere = false;
  }

  async #look(): Promise<void> {
    for (; this.#isHere; await wait(LOOKS_EVERY_MS)) {
      const [first] = this.waiting;
      if (first) await this.#answer(first);
    }
  }

  async #answer({ turnId, step, call }: Waiting): Promise<void> {
    const { toolCallId, where } = call;
    const isWell = !this.#random.chance(REFUSES);
    const reply = await (where
      ? this.#client.ask("tool:output", {
          ...{ turnId, toolCallId },
          ...(isWell ? { output: { is: "open" } } : { error: "It would not open." }),
        })
      : this.#client.ask("turn:confirm", { turnId, step, toolCallId, approve: isWell }));
    if (reply?.type === "ack") return;
    // A socket may send twenty commands in ten seconds.
    await wait(AGAIN_AFTER_MS);
    const code = reply?.error?.code;
    if (code !== undefined && !MAY_BE.includes(code)) this.complaints.push(`an answer got ${code}`);
  }
}
