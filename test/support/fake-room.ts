import type { MomentaryEvent, RoomEvent } from "../../src/protocol/events";
import type { RoomState } from "../../src/protocol/room-state";
import { T0 } from "./engine-builders";

export const TS = new Date(T0).toISOString();

type Ready = Extract<MomentaryEvent, { type: "session:ready" }>["data"];

/** The first frame of a connection; with a state, the client starts from it. */
export function ready(data: Partial<Ready> = {}): MomentaryEvent {
  return {
    type: "session:ready",
    ts: TS,
    data: {
      sessionId: "sess_1",
      recoveryToken: "token-1",
      resumed: false,
      expiresAt: TS,
      headSeq: data.state?.task.headSeq ?? 0,
      epoch: "e1",
      presence: [],
      limits: {
        frameBytes: 256 * 1024,
        contentUnits: 32_000,
        commandsPerWindow: 20,
        commandWindowMs: 10_000,
        waitingTurns: 20,
      },
      ...data,
    },
  };
}

/** What a client that comes back is sent after the log: all that is momentary in the state. */
export function momentary(state: RoomState | undefined): RoomEvent[] {
  const texts = (state?.streams ?? []).flatMap(
    ({ turnId, messageId, attempt, text, thinking }): RoomEvent[] => {
      const place = { turnId, messageId, attempt, offset: 0 };
      return [
        { type: "chat:chunk", ts: TS, data: { ...place, delta: text } },
        { type: "chat:thinking", ts: TS, data: { ...place, delta: thinking } },
      ];
    },
  );
  const updates = (state?.openTurns ?? []).flatMap(({ id, steps }) =>
    steps.flatMap(({ step, phase, attempt, status, percentComplete }): RoomEvent[] =>
      status === "RUNNING" && percentComplete !== undefined
        ? [
            {
              type: "phase:update",
              ts: TS,
              data: { turnId: id, step, phase, attempt, percentComplete },
            },
          ]
        : [],
    ),
  );
  return [...texts, ...updates];
}
