import { evictDurableObject } from "cloudflare:test";
import fc from "fast-check";
import * as z from "zod";
import type { RoomState } from "../../src/protocol/room-state";
import type { OnBusy } from "../../src/protocol/turn";
import type { StepFailure } from "../../src/resources/step";
import { clock, control } from "../worker/control";
import { stored } from "../workers/files/uploads";
import { Frames } from "./frames";
import { nextAlarm, ring, roomOf } from "./room-alarm";
import { call, newTask, newUser, RoomClient } from "./room-client";
import type { Heard } from "./scripted-model";
import { ScriptedModel } from "./scripted-model";
import { Tape } from "./tape";

/** What happens in a room while clients come and go. Numbers pick among what there is. */
export type Act =
  | { do: "send"; onBusy: OnBusy | undefined; carries?: boolean }
  | { do: "say"; pieces: [field: "text" | "thinking", delta: string][]; heard: boolean }
  | { do: "fail"; retryable: boolean; retryAfterMs: number | undefined }
  | { do: "finish" | "alarm" | "cancel" | "guide" | "note" | "rename" | "evict" }
  | { do: "retry" | "regenerate" | "leave"; pick: number }
  | { do: "edit"; pick: number; onBusy: OnBusy | undefined; carries?: boolean }
  | { do: "comeBack"; cuts: number[] };

const turnStatus = z.looseObject({ turnId: z.string(), status: z.string() });

type Said = { text: string; thinking: string };
/** A client that was lost at some point and came back, perhaps more than once. */
type Comer = { user: string; from: number; seqs: number[]; frames: Frames; client?: RoomClient };

/** Plays a story in a room of its own, before the eyes of one client that stays. */
export class Story {
  readonly taskId: string;
  readonly #model: ScriptedModel;
  readonly #stayer: RoomClient;
  readonly #tape: Tape;
  #users: string[];
  readonly #comers: Comer[] = [];
  readonly #said = new Map<object, Said>();
  #returns = 0;

  private constructor(taskId: string, model: ScriptedModel, stayer: RoomClient, users: string[]) {
    this.taskId = taskId;
    this.#model = model;
    this.#stayer = stayer;
    this.#tape = stayer.frames as Tape;
    this.#users = users;
  }

  static async begin(): Promise<Story> {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    const alice = newUser();
    // The comers are many users: a user's sessions are limited. All see the same role.
    const users = Array.from({ length: 20 }, newUser);
    const members = users.map((userId) => ({ userId, role: "owner" }));
    const taskId = await newTask(alice, { members });
    const tape = new Tape();
    return new Story(taskId, model, await RoomClient.join(alice, taskId, {}, tape), users);
  }

  get state(): RoomState {
    const { state } = this.#tape;
    if (!state) throw new Error("the one that stays has no state yet");
    return state;
  }

  /** How often a client has come back. */
  get returns(): number {
    return this.#returns;
  }

  /** How many messages were said with files. */
  get carried(): number {
    const said = this.#tape.of("chat:message").map(({ data }) => Object(data).message);
    return said.filter(({ attachments = [] }) => attachments.length > 0).length;
  }

  async play(act: Act): Promise<void> {
    switch (act.do) {
      case "send": {
        const onBusy = act.onBusy && { onBusy: act.onBusy };
        const files = await this.#files(act);
        return this.#ask("chat:send", { content: "go on 🚀", ...onBusy, ...files });
      }
      case "cancel":
        return this.#ask("chat:cancel");
      case "guide":
        return this.#ask("chat:guide", { content: "rather so" });
      case "note":
        return this.#ask("chat:note", { content: "remember 📌" });
      case "edit":
        return this.#edit(act);
      case "rename":
        return this.#rename();
      case "retry":
        return this.#again("chat:retry", act.pick, ["FAILED", "INTERRUPTED"]);
      case "regenerate":
        return this.#again("chat:regenerate", act.pick, ["COMPLETED"]);
      case "say":
        return this.#say(act);
      case "finish":
        return this.#finish();
      case "fail":
        return this.#fail(act);
      case "alarm":
        return this.#alarm();
      case "evict":
        return this.#evict();
      case "leave":
        return this.#leave(act.pick);
      case "comeBack":
        return this.#comeBack(act.cuts);
    }
  }

  /** Everybody is back and has heard everything: what each of them has. */
  async end(): Promise<{ stayed: RoomState; comers: Comer[]; head: number }> {
    await this.#comeBack([]);
    await this.#heard();
    await this.#rename();
    const head = this.state.task.headSeq;
    for (const { frames } of this.#comers) {
      await frames.next(() => (frames.state?.task.headSeq ?? 0) >= head);
    }
    for (const comer of this.#comers) comer.seqs.push(...seqsOf(comer.frames));
    return { stayed: this.state, comers: this.#comers, head };
  }

  /** What the room itself holds: its snapshot, and a fold of its whole log. */
  async roomItself(): Promise<{ snapshot: RoomState | undefined; replayed: Frames }> {
    const fresh = await RoomClient.join(this.#nextUser(), this.taskId);
    const place = { after: 0 };
    const { frames: replayed } = await RoomClient.join(this.#nextUser(), this.taskId, place);
    await replayed.next(() => replayed.state?.task.headSeq === this.state.task.headSeq);
    const { streams } = this.state;
    await replayed.next(() => replayed.state?.streams[0]?.text === streams[0]?.text);
    await replayed.next(() => replayed.state?.streams[0]?.thinking === streams[0]?.thinking);
    return { snapshot: fresh.frames.state, replayed };
  }

  /** Ends every turn and runner, so that nothing of this story goes on behind the next. */
  async close(): Promise<void> {
    const { id, createdBy } = this.state.task;
    await call(createdBy, "PATCH", `/tasks/${id}/status`, { status: "CANCELLED" });
    for (const attempt of this.#model.attempts) attempt.finish();
  }

  /** Commands come a second apart: what is told of here is not the limiter. */
  async #ask(type: string, data: object = {}): Promise<void> {
    control.clockAheadMs += 1000;
    await this.#stayer.ask(type, data);
  }

  async #rename(): Promise<void> {
    const { id, headSeq, createdBy } = this.state.task;
    const title = `Title ${headSeq}`;
    await call(createdBy, "PATCH", `/tasks/${id}`, { title });
    await this.#tape.next(() => this.state.task.title === title);
  }

  async #again(type: string, pick: number, of: string[]): Promise<void> {
    const closed = this.#tape.of("turn:status").flatMap(({ data }) => {
      const { turnId, status } = turnStatus.parse(data);
      return of.includes(status) ? [turnId] : [];
    });
    const turnId = closed.at(-1 - (pick % Math.max(1, closed.length)));
    if (turnId !== undefined) await this.#ask(type, { turnId });
  }

  /** What a message carries, stored just before. */
  async #files({ carries = false }: { carries?: boolean }): Promise<{ attachments?: string[] }> {
    if (!carries) return {};
    const { id } = await stored(this.state.task.createdBy);
    return { attachments: [id] };
  }

  /** Of what a user has said, and of what nobody has any more. */
  async #edit(act: Extract<Act, { do: "edit" }>): Promise<void> {
    const { pick, onBusy } = act;
    const said = this.#tape.of("chat:message").flatMap(({ data }) => Object(data).message.id);
    const messageId = said.at(-1 - (pick % Math.max(1, said.length)));
    const busy = onBusy && { onBusy };
    if (!messageId) return;
    const files = await this.#files(act);
    await this.#ask("chat:edit", { messageId, content: "rather this", ...busy, ...files });
  }

  /** The attempt that is being made, as soon as its model is called; nothing if none is to be. */
  async #live() {
    for (;;) {
      const { openTurns } = this.state;
      const active = openTurns.find(({ status }) => status === "PROCESSING");
      const step = active?.steps.find(({ status }) => status === "RUNNING");
      if (openTurns.length === 0 || (active && !step)) return undefined;
      const made = this.#model.attempts.find(
        ({ request }) => request.turnId === active?.id && request.attempt === step?.attempt,
      );
      if (made) return made;
      await scheduler.wait(1);
    }
  }

  async #say({ pieces, heard }: Extract<Act, { do: "say" }>): Promise<void> {
    const attempt = await this.#live();
    if (!attempt) return;
    const said = this.#said.get(attempt) ?? { text: "", thinking: "" };
    this.#said.set(attempt, said);
    for (const [type, delta] of pieces) {
      said[type] += delta;
      attempt.say({ type, delta });
    }
    if (heard) await this.#heard();
  }

  /** Waits until the one that stays has all that the running attempt has written. */
  async #heard(): Promise<void> {
    const attempt = await this.#live();
    const said = attempt && this.#said.get(attempt);
    if (!said) return;
    await this.#tape.next(() => {
      const [stream] = this.state.streams;
      return stream?.text === said.text && stream.thinking === said.thinking;
    });
  }

  async #finish(): Promise<void> {
    const attempt = await this.#live();
    if (!attempt) return;
    attempt.finish();
    const { turnId } = attempt.request;
    await this.#tape.next(() => this.state.openTurns.every(({ id }) => id !== turnId));
    const message = this.state.messages.findLast((item) => item.turnId === turnId);
    const { text = "" } = this.#said.get(attempt) ?? {};
    if (message?.content !== text) throw new Error(`${message?.content} is not ${text}`);
  }

  async #fail({ retryable, retryAfterMs }: Extract<Act, { do: "fail" }>): Promise<void> {
    const attempt = await this.#live();
    if (!attempt) return;
    const from = this.#tape.all.length;
    attempt.say(failureOf(retryable, retryAfterMs));
    await this.#tape.next(({ type }) => type === "chat:error", from);
  }

  /** Lets the next alarm come if it is one of a turn; there are others, hours ahead. */
  async #alarm(): Promise<void> {
    const due = await nextAlarm(this.taskId);
    if (due !== null && due < clock() + 60_000) await ring(this.taskId);
  }

  /** Only a room that is at rest is ever evicted. */
  async #evict(): Promise<void> {
    if (await this.#live()) return;
    for (const attempt of this.#model.attempts) attempt.finish();
    // One that is not there can't be evicted.
    await roomOf(this.taskId).wake();
    await evictDurableObject(roomOf(this.taskId));
  }

  #leave(pick: number): void {
    const here = this.#comers.filter(({ client }) => client);
    const comer = here[pick % Math.max(1, here.length)];
    if (!comer) return;
    comer.client?.close();
    comer.seqs.push(...seqsOf(comer.frames));
    // What its socket still says, nobody folds any more.
    comer.frames = new Frames(comer.frames.state);
    delete comer.client;
  }

  /** Those who left return, and new ones who were lost where the cuts say. */
  async #comeBack(cuts: number[]): Promise<void> {
    for (const cut of cuts) {
      const had = this.#tape.states[cut % this.#tape.states.length];
      const user = this.#nextUser();
      if (!had) return;
      const from = had.task.headSeq;
      this.#comers.push({ user, from, seqs: [], frames: new Frames(had) });
    }
    const away = this.#comers.filter(({ client }) => !client);
    await Promise.all(away.map((comer) => this.#return(comer)));
  }

  #nextUser(): string {
    const [user = "", ...rest] = this.#users;
    this.#users = [...rest, user];
    return user;
  }

  async #return(comer: Comer): Promise<void> {
    const { headSeq: after = 0, epoch = "" } = comer.frames.state?.task ?? {};
    comer.client = await RoomClient.join(comer.user, this.taskId, { after, epoch }, comer.frames);
    this.#returns++;
  }
}

function seqsOf(frames: Frames): number[] {
  return frames.all.flatMap(({ seq }) => seq ?? []);
}

function failureOf(retryable: boolean, retryAfterMs: number | undefined): Heard {
  const failure: StepFailure = {
    type: "failure",
    code: retryable ? "model_unavailable" : "model_rejected",
    message: "The model is not there.",
    retryable,
  };
  return { ...failure, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

const piece = fc.tuple(
  fc.constantFrom<"text" | "thinking">("text", "text", "thinking"),
  fc.constantFrom("a", "word ", "👩‍🚀", "é\n", "漢字", "x".repeat(3000)),
);
// A pair that comes in halves, as from a model that cuts its text anywhere.
const halves = fc.constant<["text", string][]>([
  ["text", "\ud83d"],
  ["text", "\ude80!"],
]);
const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { minLength: 1, maxLength: 5 }) },
  { weight: 1, arbitrary: halves },
);
const cut = fc.nat({ max: 10_000 });
/** Mostly of what was said last: an edit of the first message leaves nothing of a story. */
const few = fc.nat({ max: 2 });
const onBusy = fc.constantFrom<OnBusy | undefined>(
  ...[undefined, "enqueue" as const, "interrupt" as const, "guide" as const],
  ...["merge" as const, "rollback" as const],
);

const carries = fc.nat({ max: 3 }).map((n) => n === 0);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("send" as const), onBusy, carries }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant("say" as const), pieces, heard: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      retryable: fc.nat({ max: 3 }).map((n) => n > 0),
      retryAfterMs: fc.constantFrom(undefined, undefined, 5000),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ do: "finish" as const }) },
  { weight: 4, arbitrary: fc.constant({ do: "alarm" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "cancel" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "guide" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "note" as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("regenerate" as const), pick: cut }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("edit" as const), pick: few, onBusy, carries }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "rename" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "evict" as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("retry" as const), pick: cut }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("leave" as const), pick: cut }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("comeBack" as const),
      cuts: fc.array(cut, { minLength: 1, maxLength: 3 }),
    }),
  },
);

const sending: Act = { do: "send", onBusy: undefined, carries: true };
const saying = fc.record({ do: fc.constant("say" as const), pieces, heard: fc.constant(true) });
const failing = (retryable: boolean): Act => ({ do: "fail", retryable, retryAfterMs: undefined });

/** What a room's life is made of, from beginning to end; between its acts anything may happen. */
const scene: fc.Arbitrary<Act[]> = fc
  .tuple(saying, saying, fc.nat({ max: 6 }))
  .map(([first, second, kind]) => {
    const again: Act[] = [{ do: "retry", pick: 0 }, second, { do: "finish" }];
    if (kind === 0) return [sending, first, { do: "cancel" }, ...again];
    if (kind === 1) return [sending, first, failing(false), ...again];
    if (kind === 2)
      return [sending, first, failing(true), { do: "alarm" }, second, { do: "finish" }];
    const whole: Act[] = [sending, first, { do: "finish" }];
    if (kind === 3) return [...whole, { do: "regenerate", pick: 0 }, second, { do: "finish" }];
    if (kind === 4) {
      const onBusy = "interrupt";
      return [...whole, { do: "edit", pick: 0, onBusy }, second, { do: "finish" }];
    }
    return whole;
  });

export const story: fc.Arbitrary<Act[]> = fc
  .array(
    fc.oneof({ weight: 1, arbitrary: scene }, { weight: 3, arbitrary: act.map((one) => [one]) }),
    { minLength: 8, maxLength: 16, size: "max" },
  )
  .map((scenes) => scenes.flat());
