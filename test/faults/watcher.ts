import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { RoomState } from "../../src/protocol/room-state";
import type { Frame } from "../support/frames";
import { until } from "../support/until";
import type { ClientEvidence } from "./evidence";
import type { FaultUser } from "./fault-user";
import { ObservedFrames } from "./observed-frames";

const AGAIN_AFTER_MS = 100;
const ANSWER_MS = 5000;
const ready = z.looseObject({ epoch: z.string(), recoveryToken: z.string() });

export type WatcherOptions = {
  name?: string;
  replay?: boolean;
  via?: string;
  /** What it has from an earlier life, with the log's epoch. */
  from?: RoomState;
};

/** A client that comes back whenever it is lost, and goes on from where it was. */
export class Watcher {
  readonly name: string;
  readonly frames = new ObservedFrames();
  readonly #user: FaultUser;
  readonly #taskId: string;
  readonly #options: WatcherOptions;
  #ws: WebSocket | undefined;
  #epoch: string | undefined;
  #recoveryToken: string | undefined;
  #isOpen = false;
  #stopped = false;
  #asked = 0;
  /** Of every connection that ended. */
  readonly closeCodes: number[] = [];
  /** Every one that it was told. */
  readonly epochs = new Set<string>();
  returns = 0;

  constructor(user: FaultUser, taskId: string, options: WatcherOptions = {}) {
    this.name = options.name ?? user.name;
    this.#user = user;
    this.#taskId = taskId;
    this.#options = options;
    this.frames.state = options.from;
    this.#epoch = options.from?.task.epoch;
    this.#connect();
  }

  static async open(user: FaultUser, taskId: string, options?: WatcherOptions): Promise<Watcher> {
    const watcher = new Watcher(user, taskId, options);
    await watcher.whenOpen();
    return watcher;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  get recoveryToken(): string | undefined {
    return this.#recoveryToken;
  }

  async whenOpen(): Promise<void> {
    await until(`${this.name} is connected`, () => this.#isOpen, 30_000);
  }

  /** Resolves once more connections have ended than so many. */
  async whenLost(times: number): Promise<void> {
    await until(`${this.name} is lost`, () => this.closeCodes.length > times, 30_000);
  }

  /** As a lost network does: nothing more of this connection counts. */
  cut(): void {
    const ws = this.#ws;
    if (!ws) return;
    this.#lose(ws, 1006);
    ws.close();
  }

  send(text: string | ArrayBuffer): void {
    if (this.#ws?.readyState === WebSocket.OPEN) this.#ws.send(text);
  }

  /** The reply to a command; nothing where the connection was lost before it came. */
  async ask(type: string, data: object = {}): Promise<Frame | undefined> {
    const id = `${this.name}-${++this.#asked}`.slice(-64);
    const from = this.frames.all.length;
    const ws = this.#ws;
    this.send(JSON.stringify({ type, id, data }));
    const deadline = Date.now() + ANSWER_MS;
    for (;;) {
      const reply = this.frames.all.slice(from).find(({ ref }) => ref === id);
      if (reply) return reply;
      if (ws !== this.#ws || Date.now() > deadline) return undefined;
      await wait(5);
    }
  }

  /** Whatever was so far, or a frame that comes. */
  next(fits: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    const found = () => this.frames.all.slice(from).find(fits);
    return until(`${this.name} hears it`, found, 30_000);
  }

  stop(): void {
    this.#stopped = true;
    this.#ws?.close();
  }

  evidence(): ClientEvidence {
    const { state, complaints, marks } = this.frames;
    return { name: this.name, state, heard: this.frames.heard(), complaints, marks: [...marks] };
  }

  #connect(): void {
    const { replay, via } = this.#options;
    const after = this.frames.state?.task.headSeq ?? (replay ? 0 : undefined);
    const resume = this.#recoveryToken;
    const ws = this.#user.room(
      this.#taskId,
      { after, epoch: this.#epoch },
      {
        ...(resume !== undefined && { resume }),
        ...(via !== undefined && { via }),
      },
    );
    this.#ws = ws;
    ws.addEventListener("message", ({ data }) => this.#hear(ws, String(data)));
    ws.addEventListener("close", ({ code }) => this.#lose(ws, code));
  }

  #hear(ws: WebSocket, text: string): void {
    if (ws !== this.#ws) return;
    const known = this.frames.all.length;
    this.frames.take(text);
    if (this.#isOpen) return;
    const first = this.frames.all[known];
    if (first?.type !== "session:ready") {
      this.frames.complaints.push(`the first frame is ${text.slice(0, 200)}`);
      return;
    }
    const { epoch, recoveryToken } = ready.parse(first.data);
    this.#epoch = epoch;
    this.epochs.add(epoch);
    this.#recoveryToken = recoveryToken;
    this.#isOpen = true;
    // Node's socket hears of a close in time only once it has sent something itself.
    ws.send("ping");
  }

  #lose(ws: WebSocket, code: number): void {
    if (ws !== this.#ws) return;
    this.closeCodes.push(code);
    this.#ws = undefined;
    // A handshake that came to nothing may have been refused for the token.
    if (!this.#isOpen) this.#recoveryToken = undefined;
    this.#isOpen = false;
    this.frames.lost();
    if (this.#stopped) return;
    this.returns++;
    setTimeout(() => this.#stopped || this.#connect(), AGAIN_AFTER_MS).unref();
  }
}
