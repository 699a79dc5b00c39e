import { applyEvent } from "../../../src/engine/fold/fold";
import type { LogEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import type { Commit } from "../../support/engine-world";
import { claim } from "./claim";

type Known = { calls: Set<number>; ended: Set<number> };
type Round = Extract<LogEvent, { type: "chat:round" }>["data"];

/** What must hold of the rounds in a log; throws where it does not. */
export class RoundAuditor {
  /** Message → round → its calls. */
  readonly #rounds = new Map<string, Map<number, Known>>();
  /** `turn/step/round` → the run in which it was made. */
  readonly #madeIn = new Map<string, number>();
  /** Message → how many rounds of a model it was left with, which are gone on from. */
  readonly #left = new Map<string, number>();

  check({ before, after, events }: Commit): void {
    let state = before.state;
    for (const event of events) {
      this.#checkOne(event);
      if (event.type === "chat:round") this.#checkRun(event.data, state);
      this.#noteLeft(event, state);
      state = applyEvent(state, event) ?? state;
    }
    for (const event of events)
      if (event.type === "chat:start") this.#checkStart(event, after.state);
  }

  #checkOne(event: LogEvent): void {
    if (event.type === "chat:start") {
      if (event.data.offset === undefined) this.#rounds.delete(event.data.messageId);
    } else if (event.type === "chat:round") {
      const { messageId, round, calls, offset } = event.data;
      const rounds = this.#rounds.get(messageId) ?? new Map<number, Known>();
      // More of the last one's words: only what an agent goes on from grows, and it has no calls.
      if (offset !== undefined) {
        claim(round === rounds.size - 1 && calls.length === 0, "only the last round grows", event);
        return;
      }
      claim(round === rounds.size, "rounds are numbered 0, 1, 2, …, each once", event);
      const indexes = new Set(calls.map(({ index }) => index));
      claim(indexes.size === calls.length, "each call of a round has its own index", event);
      this.#rounds.set(messageId, rounds.set(round, { calls: indexes, ended: new Set() }));
    } else if (event.type === "tool:call" || event.type === "tool:result") {
      const { messageId, round = -1, index = -1 } = event.data;
      const known = this.#rounds.get(messageId)?.get(round);
      claim(known?.calls.has(index) === true, "a tool's use is of a round's call", event);
      claim(known?.ended.has(index) === false, "a call with a result is over", event);
      if (event.type === "tool:result") known?.ended.add(index);
    }
  }

  /** By its run a call keeps its key. */
  #checkRun({ turnId, messageId, round, run, offset }: Round, { openTurns }: RoomState): void {
    if (offset !== undefined) return;
    const steps = openTurns.find(({ id }) => id === turnId)?.steps ?? [];
    const step = steps.find((one) => one.messageId === messageId);
    claim(step !== undefined, "a round is of a step of its turn", { turnId, messageId });
    const key = `${turnId}/${step.step}/${round}`;
    const made = this.#madeIn.get(key);
    if (run === undefined) this.#madeIn.set(key, step.run);
    else claim(run === made, "a round that is said again keeps its run", { key, run, made });
  }

  #noteLeft(event: LogEvent, { streams, openTurns }: RoomState): void {
    const { type, data } = event;
    if (type === "chat:done") this.#left.delete(data.messageId);
    else if (type === "chat:cancelled" || (type === "chat:error" && !data.retryable)) {
      const stream = streams.find(({ turnId }) => turnId === data.turnId);
      const made = (stream?.rounds ?? []).filter(({ bot }) => bot === undefined);
      if (stream && made.length > 0) this.#left.set(stream.messageId, made.length);
    } else if (type === "phase:retry") {
      const steps = openTurns.find(({ id }) => id === data.turnId)?.steps ?? [];
      const step = steps.find((one) => one.step === data.step);
      // Rolled back: it begins anew.
      if (step?.messageId && data.run > step.run) this.#left.delete(step.messageId);
    } else if (type === "turn:status" && data.status === "PROCESSING" && data.turn) {
      const old = openTurns.find(({ id }) => id === data.turnId)?.steps ?? [];
      // Another plan's steps begin anew.
      const kept = new Set(data.turn.steps.flatMap(({ messageId }) => messageId ?? []));
      for (const { messageId } of old) {
        if (messageId && !kept.has(messageId)) this.#left.delete(messageId);
      }
    }
  }

  #checkStart({ data }: Extract<LogEvent, { type: "chat:start" }>, { streams }: RoomState): void {
    const left = this.#left.get(data.messageId);
    if (left === undefined) return;
    const stream = streams.find(({ messageId }) => messageId === data.messageId);
    const rounds = (stream?.rounds ?? []).filter(({ bot }) => bot === undefined);
    claim(!stream || rounds.length >= left, "who tries again goes on from the rounds", {
      left,
      data,
    });
  }
}
