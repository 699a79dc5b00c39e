import type { LogEvent, RoomEvent } from "../../protocol/events";
import type { Message } from "../../protocol/message";
import type { RoomState } from "../../protocol/room-state";
import type { Turn } from "../../protocol/turn";
import type { ItemOf, TurnItem } from "./item";
import { PHASES, phaseItem, speakerOf } from "./phases";
import { restated } from "./restated";
import { Speech } from "./speech";
import { underWay } from "./under-way";

type DataOf<Type extends RoomEvent["type"]> = Extract<RoomEvent, { type: Type }>["data"];

/** One turn of a room's events, as items. */
export class TurnReading {
  readonly #turn: Turn;
  #speech: Speech | undefined;
  #end: ItemOf<"ended"> | undefined;
  #isLive = false;
  #seq: number;

  constructor(turn: Turn) {
    this.#turn = turn;
    this.#seq = (turn.firstSeq ?? 1) - 1;
  }

  /** The last number of the log that was read. */
  get seq(): number {
    return this.#seq;
  }

  begin(): TurnItem {
    return { type: "turn", turn: this.#turn, seq: this.#seq + 1 };
  }

  /**
   * What an event brings. A turn that was over when it was missed is ended at `synced` alone: it may
   * have been tried again since.
   */
  read(event: RoomEvent): TurnItem[] {
    if (!("seq" in event)) return this.#momentary(event);
    if (event.seq <= this.#seq) return [];
    this.#seq = event.seq;
    if (!("turnId" in event.data) || event.data.turnId !== this.#turn.id) return [];
    const items = this.#logged(event);
    return this.#isLive ? [...items, ...this.#over()] : items;
  }

  /** Goes on from a room's state where its log can't be; nothing where the turn is not open there. */
  restate({ task, openTurns, streams, messages }: RoomState): TurnItem[] | undefined {
    this.#seq = task.headSeq;
    const turn = openTurns.find(({ id }) => id === this.#turn.id);
    if (!turn) return undefined;
    const stream = streams.find(({ turnId }) => turnId === turn.id);
    const items = this.#answers(turn, messages, stream?.messageId);
    if (turn.status !== "PENDING") items.push({ type: "working", seq: this.#seq });
    if (stream) {
      const { speech, items: said } = underWay(turn, stream, this.#seq);
      this.#speech = speech;
      items.push(...said);
    }
    if (turn.status === "WAITING" && task.waitingFor) {
      items.push({ type: "waiting", waitingFor: task.waitingFor, seq: this.#seq });
    }
    return items;
  }

  /** A turn that is over, from what is kept of it. */
  atRest(turn: Turn, messages: readonly Message[]): TurnItem[] {
    const { status, reason, error, usage } = turn;
    if (status !== "PENDING" && status !== "PROCESSING" && status !== "WAITING") {
      this.#end = { type: "ended", status, reason, error, usage, seq: this.#seq };
    }
    return [...this.#answers(turn, messages), ...this.#over()];
  }

  #answers(turn: Turn, messages: readonly Message[], but?: string): TurnItem[] {
    return messages
      .filter(({ turnId, role, id }) => turnId === turn.id && role === "assistant" && id !== but)
      .flatMap((message) => restated(speakerOf(turn, message), message, this.#seq));
  }

  #over(): TurnItem[] {
    const end = this.#end;
    this.#end = undefined;
    return end ? [end] : [];
  }

  #momentary(event: Exclude<RoomEvent, LogEvent>): TurnItem[] {
    switch (event.type) {
      case "chat:chunk":
        return this.#of(event.data)?.write("text", event.data, this.#seq) ?? [];
      case "chat:thinking":
        return this.#of(event.data)?.write("thinking", event.data, this.#seq) ?? [];
      case "phase:update":
        if (event.data.turnId !== this.#turn.id) return [];
        return [phaseItem(event.data, "running", this.#seq)];
      case "tool:progress": {
        const { progress, total, message } = event.data;
        return this.#ofCall(event.data, { type: "progress", progress, total, message });
      }
      case "synced":
        return this.#synced();
      default:
        return [];
    }
  }

  #synced(): TurnItem[] {
    if (this.#isLive) return [];
    this.#isLive = true;
    return this.#end ? this.#over() : [{ type: "live", seq: this.#seq }];
  }

  #logged({ type, data, seq }: LogEvent): TurnItem[] {
    switch (type) {
      case "turn:status":
        return this.#status(data);
      case "chat:start":
        return this.#start(data);
      case "chat:round":
        return this.#of(data)?.round(data, seq, data.offset) ?? [];
      case "tool:approval":
        return this.#ofCall(data, { type: "approval", step: data.step });
      case "tool:decision":
        return this.#ofCall(data, { type: "decision", approve: data.approve, note: data.note });
      case "tool:call":
        return this.#ofCall(data, { type: "call", where: data.where ?? "service" });
      case "tool:result": {
        const { output, error, refused, cut } = data;
        return this.#ofCall(data, { type: "result", outcome: { output, error, refused, cut } });
      }
      case "chat:done":
        return this.#kept(data.message);
      case "chat:error":
        return this.#failed(data);
      case "chat:cancelled":
        return data.message ? this.#kept(data.message) : [];
      case "chat:guided":
        return [{ type: "guided", content: data.content, outcome: data.outcome, seq }];
      case "phase:start":
      case "phase:done":
      case "phase:error":
      case "phase:retry":
      case "phase:waiting":
      case "phase:skipped":
        return [phaseItem(data, PHASES[type], seq)];
      default:
        return [];
    }
  }

  #status(data: DataOf<"turn:status">): TurnItem[] {
    const { status, queuePosition, reason, error, usage, waitingFor = "confirmation" } = data;
    const seq = this.#seq;
    this.#end = undefined;
    switch (status) {
      case "PENDING":
        return queuePosition === undefined
          ? []
          : [{ type: "queued", position: queuePosition, seq }];
      case "PROCESSING":
        return [{ type: "working", seq }];
      case "WAITING":
        return [{ type: "waiting", waitingFor, step: data.step, toolCallId: data.toolCallId, seq }];
      default:
        this.#end = { type: "ended", status, reason, error, usage, seq };
        return [];
    }
  }

  #start(data: DataOf<"chat:start">): TurnItem[] {
    const { messageId, attempt, step, bot, model, reason = "first", offset } = data;
    const before = this.#speech?.speaker.messageId === messageId ? this.#speech.rounds : [];
    const kept = offset === undefined ? [] : before;
    this.#speech = new Speech({ messageId, attempt, step, bot, model, reason }, this.#seq, kept);
    return [this.#speech.begin(), ...this.#speech.words()];
  }

  #failed({ retryable, retryInMs = 0, partial, ...data }: DataOf<"chat:error">): TurnItem[] {
    const { turnId, messageId, attempt, ...error } = data;
    if (retryable) {
      const stays = messageId === undefined ? undefined : this.#of({ messageId, attempt })?.fail();
      return [{ type: "retrying", error, retryInMs, stays, seq: this.#seq }];
    }
    return partial ? this.#kept(partial) : [];
  }

  /** A message whose beginning was not heard, or was heard wrong, is told whole. */
  #kept(message: Message): TurnItem[] {
    const speech = this.#speech;
    const isIt = speech?.speaker.messageId === message.id;
    if (isIt && speech.mayEnd(message)) return speech.end(message, this.#seq);
    const speaker = isIt
      ? { ...speech.speaker, reason: "restart" as const }
      : speakerOf(this.#turn, message);
    return restated(speaker, message, this.#seq);
  }

  #of({ messageId, attempt }: { messageId: string; attempt?: number }): Speech | undefined {
    const speaker = this.#speech?.speaker;
    const isIt =
      speaker?.messageId === messageId && (attempt ?? speaker.attempt) === speaker.attempt;
    return isIt ? this.#speech : undefined;
  }

  #ofCall(
    data: {
      messageId: string;
      attempt?: number;
      round?: number | undefined;
      index?: number | undefined;
    },
    said: AboutCall,
  ): TurnItem[] {
    const place = this.#of(data)?.call(data.round, data.index);
    return place ? [{ ...said, ...place, seq: this.#seq }] : [];
  }
}

type OfCall = ItemOf<"approval" | "decision" | "call" | "progress" | "result">;
/** What is said of a call, without its place. */
type AboutCall = OfCall extends infer Item
  ? Item extends OfCall
    ? Omit<Item, "messageId" | "attempt" | "round" | "call" | "seq">
    : never
  : never;
