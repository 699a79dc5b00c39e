import * as z from "zod";
import { userId } from "../identity";
import { hasOlder, roomState } from "../room-state";
import { recoveryToken, session } from "../session";
import { timestamp } from "../time";
import { presence } from "./presence";

export const roomLimits = z.object({
  frameBytes: z.int(),
  contentUnits: z.int(),
  commandsPerWindow: z.int(),
  commandWindowMs: z.int(),
  waitingTurns: z.int(),
});

/** The first frame; `state` is left out where `after` is continued from. */
export const sessionReady = z.object({
  sessionId: session.shape.id,
  /** Whose credential this is: a client need not be able to read it. */
  userId: userId.optional(),
  recoveryToken,
  resumed: z.boolean(),
  expiresAt: timestamp,
  headSeq: z.int(),
  epoch: z.string(),
  state: roomState.optional(),
  hasOlder,
  presence: z.array(presence),
  limits: roomLimits,
});
export type SessionReady = z.infer<typeof sessionReady>;
