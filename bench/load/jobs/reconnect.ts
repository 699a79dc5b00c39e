import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Dialect, Heard, Session } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import type { Model } from "../model";
import { median } from "../numbers";
import { Script } from "../script";
import type { Seat } from "../wire-socket";

export type ReconnectJob = { kind: "reconnect"; target: Target; times: number };

const PER_SECOND = 100;
const AWAY_MS = 300;
const HERE_MS = 400;
const DEADLINE_MS = 10_000;

/** Milliseconds from opening a new connection until the client has all that was said meanwhile. */
export async function runReconnect(
  { target, times }: ReconnectJob,
  model: Model,
): Promise<Record<string, number>> {
  const dialect: Dialect = DIALECTS[target.dialect];
  const { id, seats } = await dialect.room(target.port, 2);
  const [seat, other] = seats;
  if (!seat || !other) throw new Error("no seat");
  const script = new Script(
    Math.ceil((times + 1) * (AWAY_MS + HERE_MS) * PER_SECOND) / 1000,
    PER_SECOND,
  );
  model.play(id, script);
  const traveller = new Traveller(dialect, seat, script);
  const stayer = await Client.join(other, dialect, decoderOf(dialect));
  await traveller.arrive();
  stayer.send(dialect.start(id));
  const caughtUp: number[] = [];
  for (let n = 0; n < times; n++) {
    await wait(HERE_MS);
    traveller.leave();
    await wait(AWAY_MS);
    caughtUp.push(await traveller.comeBack());
  }
  await traveller.ended;
  traveller.leave();
  stayer.close();
  model.forget();
  return { caughtUp: median(caughtUp) };
}

/** A client that goes and comes back, and must have all of the text in the end. */
class Traveller {
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  readonly #dialect: Dialect;
  readonly #seat: Seat;
  readonly #script: Script;
  #client: Client | undefined;
  #session: Session = {};
  #position = 0;
  #onText: (at: number) => void = () => undefined;

  constructor(dialect: Dialect, seat: Seat, script: Script) {
    this.#dialect = dialect;
    this.#seat = seat;
    this.#script = script;
    this.ended = this.#end.promise;
    // It may fail before anybody waits for it.
    this.ended.catch(() => undefined);
  }

  async arrive(): Promise<void> {
    this.#client = await this.#join(this.#seat);
  }

  leave(): void {
    this.#client?.cut();
  }

  async comeBack(): Promise<number> {
    const { resume } = this.#dialect;
    if (!resume) throw new Error("this system can't");
    const { seat, hello, fromStart } = resume(this.#seat, this.#session);
    if (fromStart) this.#position = 0;
    const missed = this.#script.writtenAt.indexOf(0);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error("never caught up")), DEADLINE_MS);
    const openedAt = performance.now();
    this.#onText = (at) => {
      if (this.#script.tokensIn(this.#position) < missed) return;
      clearTimeout(late);
      resolve(at - openedAt);
    };
    this.#client = await this.#join(seat, hello);
    return promise;
  }

  #join(seat: Seat, hello?: string): Promise<Client> {
    const ear = (heard: Heard, at: number) => this.#hear(heard, at);
    const dialect = hello === undefined ? this.#dialect : { ...this.#dialect, hello };
    return Client.join(seat, dialect, decoderOf(this.#dialect), ear);
  }

  #hear(heard: Heard, at: number): void {
    if (heard.type === "ready") this.#session = { ...this.#session, ...heard.session };
    if (heard.type === "logged") this.#session.headSeq = heard.seq;
    if (heard.type === "text") this.#take(heard, at);
    if (heard.type === "end") this.#over();
  }

  #take({ text, offset, mark }: Extract<Heard, { type: "text" }>, at: number): void {
    const from = offset ?? this.#position;
    if (from > this.#position) this.#end.reject(new Error(`a gap at ${from}`));
    if (!this.#script.text.startsWith(text, from)) {
      this.#end.reject(new Error(`wrong text at ${from}`));
    }
    this.#position = from + text.length;
    if (mark !== undefined) this.#session.offset = mark;
    this.#onText(at);
  }

  #over(): void {
    if (this.#position === this.#script.text.length) this.#end.resolve();
    else this.#end.reject(new Error(`the end came after ${this.#position} units`));
  }
}
