import * as z from "zod";
import { scope } from "../identity";
import { anyTimestamp, timestamp } from "../time";

/** `trk_`, 256 random bits in base64url, and six characters of checksum, which the first keys do without. */
export const apiKeyText = z
  .string()
  .regex(/^trk_[A-Za-z0-9_-]{43}(?:[A-Za-z0-9]{6})?$/, { error: "not an API key" });
export const API_KEY_PREFIX = "trk_";

export const createApiKey = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(scope).min(1).max(3),
  expiresAt: anyTimestamp.optional(),
});
export type CreateApiKey = z.infer<typeof createApiKey>;

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdAt: timestamp,
  expiresAt: timestamp.nullable(),
  lastUsedAt: timestamp.nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

/** The one answer that shows the key itself. */
export const createdApiKey = apiKey.extend({ key: apiKeyText });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
