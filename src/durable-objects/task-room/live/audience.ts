import { applyEvent } from "../../../engine/fold/fold";
import {
  type PhaseUpdate,
  type Progress,
  progressEvent,
  type ToolSaid,
  type ToolUpdate,
  toolProgressEvent,
} from "../../../engine/step/progress";
import { roleOf } from "../../../engine/turn/room";
import type { RoomEvent } from "../../../protocol/events";
import { toTimestamp } from "../../../protocol/time";
import type { HeldRoom } from "../held-room";
import { Connections } from "./connections";
import { FanOut } from "./fan-out";
import { LiveText } from "./live-text";
import { PresenceFeed } from "./presence-feed";
import { ProgressFeed } from "./progress-feed";

type Parts = { sockets: WebSocket[]; held: HeldRoom; now(): number };

/** Everybody who is in the room, and what they hear besides the log: who comes, text and progress. */
export class Audience {
  readonly connections: Connections;
  readonly fanOut: FanOut;
  readonly presence: PresenceFeed;
  readonly text: LiveText;
  readonly progress: ProgressFeed<Progress, PhaseUpdate>;
  readonly toolProgress: ProgressFeed<ToolSaid, ToolUpdate>;
  readonly #held: HeldRoom;

  constructor({ sockets, held, now }: Parts) {
    this.#held = held;
    this.connections = new Connections(sockets);
    const roleIn = (userId: string) => roleOf(held.known?.members ?? {}, userId);
    this.fanOut = new FanOut(this.connections, roleIn, now);
    const { connections, fanOut } = this;
    this.presence = new PresenceFeed({ connections, fanOut, now });
    this.text = new LiveText({
      now,
      audience: () => connections.size,
      lengthOf: (messageId, field) => this.#stream(messageId)?.[field].length ?? 0,
      publish: (events) => this.#publish(events),
    });
    const publish = (event: RoomEvent) => this.#publish([event]);
    this.progress = new ProgressFeed({
      keyOf: ({ turnId, step }) => `${turnId} ${step}`,
      eventOf: (progress) => this.#progressEvent(progress, now()),
      publish,
    });
    this.toolProgress = new ProgressFeed({
      keyOf: ({ turnId, round, index }) => `${turnId} ${round} ${index}`,
      eventOf: (said) => this.#toolEvent(said, now()),
      publish,
    });
  }

  /** Momentary events: applied to the state, sent, and in no log. */
  #publish(events: RoomEvent[]): void {
    const { known } = this.#held;
    if (!known) return;
    let { state } = known;
    for (const event of events) state = applyEvent(state, event) ?? state;
    this.#held.keepMomentary(state);
    this.fanOut.send(events);
  }

  #stream(messageId: string) {
    return this.#held.known?.state.streams.find((stream) => stream.messageId === messageId);
  }

  #progressEvent(progress: Progress, now: number) {
    const state = this.#held.room?.state;
    return state && progressEvent(state, progress, toTimestamp(now));
  }

  #toolEvent(said: ToolSaid, now: number) {
    const state = this.#held.room?.state;
    return state && toolProgressEvent(state, said, toTimestamp(now));
  }
}
