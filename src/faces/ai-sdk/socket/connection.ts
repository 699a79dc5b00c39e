import type { ClientFrame } from "../../../operations/ai-sdk/chat-request";
import { CLOSE } from "../../../protocol/close-codes";
import { hasScope } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";
import type { AppContext } from "../../../worker/context";
import { isWithin, tooMany } from "../../../worker/limits/wall";
import { refusalOf } from "../../../worker/middleware/errors";
import { insufficientScope, RefusedRequest } from "../../../worker/problem";
import { once, taskRoom } from "../../../worker/rooms/ask";
import { openTurn } from "../../open-turn";
import { type AskedTurn, askedTurn } from "../chat/asked-turn";
import { findChat } from "../chat/chat-task";
import { wordsOf } from "../refusal-words";
import { told } from "../stream/told";
import { readFrame, requestIn } from "./read-frame";
import type { ServerFrames } from "./server-frames";

/** Streams that one client reads at a time. */
const REQUESTS = 32;
/**
 * Milliseconds for which a stop that came of a resumed stream waits: a client that resumes anew gives its
 * last stream up in the same words, a moment before.
 */
const RESUMES_AGAIN_MS = 500;

type Asking = Extract<ClientFrame, { type: "send" | "resume" }>;
type Reading = { asking: Asking; gone: AbortController; isStopped: boolean };

/** One client's requests; nothing stops but what it says is to stop. */
export class Connection {
  readonly #c: AppContext;
  readonly #frames: ServerFrames;
  readonly #readings = new Map<string, Reading>();
  /** How often each chat was resumed. */
  readonly #resumed = new Map<string, number>();
  #unreadable: number[] = [];
  #isOver = false;

  constructor(c: AppContext, frames: ServerFrames) {
    this.#c = c;
    this.#frames = frames;
  }

  hear(data: string | ArrayBuffer): void {
    // Its client may send on without end where the server has closed it: it need not answer that.
    if (this.#isOver) return;
    const read = readFrame(data);
    if (!read.ok) this.#refuse(read.requestId, read.error);
    else if (read.frame.type === "abort") this.#abort(read.frame.requestId);
    else void this.#ask(read.frame);
  }

  /** The client has gone away, or was sent away. */
  leave(): void {
    this.#isOver = true;
    for (const { gone } of this.#readings.values()) gone.abort();
    this.#readings.clear();
  }

  #refuse(requestId: string | undefined, error: unknown): void {
    this.#frames.error(requestId ?? "", wordsOf(refusalOf(error, this.#c)));
    if (requestId !== undefined) return;
    const now = Date.now();
    const since = now - LIMITS.commandWindowMs;
    this.#unreadable = [...this.#unreadable.filter((at) => at > since), now];
    if (this.#unreadable.length <= LIMITS.malformedPerWindow) return;
    this.#frames.close(CLOSE.malformed, "too many frames that can't be read");
    this.leave();
  }

  #abort(requestId: string): void {
    const reading = this.#readings.get(requestId);
    if (!reading) return;
    reading.isStopped = true;
    reading.gone.abort();
  }

  async #ask(asking: Asking): Promise<void> {
    const { requestId, id } = asking;
    if (asking.type === "resume") this.#resumed.set(id, this.#resumes(id) + 1);
    const reading = { asking, gone: new AbortController(), isStopped: false };
    const isKnown = this.#readings.has(requestId);
    if (!isKnown) this.#readings.set(requestId, reading);
    try {
      if (isKnown) throw new RefusedRequest(tooMany("The request is being answered"));
      await this.#admit(asking);
      const asked = await this.#turnOf(asking);
      if (!asked) return this.#frames.noActive(requestId);
      await this.#tell(requestId, asked, reading);
      if (reading.isStopped) await this.#stop(asked, asking);
    } catch (error) {
      this.#refuse(requestId, error);
    } finally {
      if (!isKnown) this.#readings.delete(requestId);
    }
  }

  /** Each request counts as one over HTTP does, and is allowed as much. */
  async #admit({ type }: Asking): Promise<void> {
    const { principal } = this.#c.var;
    if (this.#readings.size > REQUESTS) {
      throw new RefusedRequest(tooMany(`More than ${REQUESTS} requests at a time`));
    }
    if (!(await isWithin(this.#c.env.RATE_LIMIT, principal.userId))) {
      throw new RefusedRequest(tooMany("Too many requests"));
    }
    if (type === "send" && !hasScope(principal, "write")) {
      throw insufficientScope("write", "The credential's scope allows reading only");
    }
  }

  async #turnOf(asking: Asking): Promise<AskedTurn | undefined> {
    if (asking.type === "send") return askedTurn(this.#c, requestIn(asking));
    const task = await findChat(this.#c, asking.id);
    const turn = task && (await openTurn(this.#c, task.id));
    return turn && { turn };
  }

  async #tell(requestId: string, asked: AskedTurn, { gone }: Reading): Promise<void> {
    if (gone.signal.aborted) return;
    this.#frames.start(requestId);
    let sequence = 0;
    for await (const chunks of told(this.#c, asked, gone.signal)) {
      for (const chunk of chunks) this.#frames.chunk(requestId, sequence++, chunk);
    }
    // From here on the client has nothing to stop.
    this.#frames.end(requestId);
  }

  async #stop({ turn }: AskedTurn, { type, id }: Asking): Promise<void> {
    if (type === "resume") {
      const before = this.#resumes(id);
      await new Promise((resolve) => setTimeout(resolve, RESUMES_AGAIN_MS));
      if (this.#resumes(id) > before) return;
    }
    if (!hasScope(this.#c.var.principal, "write")) return;
    const room = taskRoom(this.#c.env, turn.taskId);
    // A turn that is over is as stopped as can be.
    await once(() => room.interruptTurn(this.#c.var.principal, turn.id));
  }

  #resumes(chatId: string): number {
    return this.#resumed.get(chatId) ?? 0;
  }
}
