import * as z from "zod";
import { userId } from "./identity";
import { sessionId, taskId } from "./ids";
import { timestamp } from "./time";

export const session = z.object({
  id: sessionId,
  userId,
  taskId,
  createdAt: timestamp,
  lastActiveAt: timestamp,
  expiresAt: timestamp,
  connections: z.int(),
  state: z.enum(["connected", "away", "expired"]),
});
export type Session = z.infer<typeof session>;

/** Opaque and random; 256 bits in base64url. Also a legal WebSocket subprotocol token (RFC 6455). */
export const recoveryToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, {
  error: "not a recovery token",
});
