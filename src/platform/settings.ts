import * as z from "zod";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// An empty setting counts as unset (contract section 10).
const unset = (value: unknown) => (value === "" ? undefined : value);

const text = z.preprocess(unset, z.string().optional());
const address = z.preprocess(unset, z.url({ protocol: /^https?$/ }).optional());
const flag = z.preprocess(
  unset,
  z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true"),
);
const list = z.preprocess(
  unset,
  z
    .string()
    .default("")
    .transform((value) => value.split(",").flatMap((item) => item.trim() || [])),
);

// 32 bytes in base64 (RFC 4648, section 4). What is wrong is named, never the value.
const secretKeys = list.pipe(
  z.array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, { error: "not 32 bytes in base64" })),
);

const jwtSecrets = list.pipe(
  z.array(z.string().min(32, { error: "at least 32 characters each (RFC 7518, section 3.2)" })),
);

function whole(fallback: number, min = 1) {
  return z.preprocess(unset, z.coerce.number().int().min(min).default(fallback));
}

/** The `[vars]` and secrets of `wrangler.toml`, which describes each. */
export const settings = z.object({
  /** The first signs, all verify: an old one stays until the tokens that it signed have expired. */
  AUTH_JWT_SECRET: jwtSecrets,
  AUTH_JWKS_URL: address,
  AUTH_ISSUER: text,
  AUTH_AUDIENCE: text,
  ALLOWED_ORIGINS: list,
  PUBLIC_URL: address,
  ALLOW_PRIVATE_TARGETS: flag,
  DEFAULT_MODEL_BASE_URL: address,
  DEFAULT_MODEL_API_KEY: text,
  DEFAULT_MODEL: text,
  /** The first seals, all unseal: an old one stays until everything is sealed anew. */
  SECRETS_KEY: secretKeys,
  MODEL_FIRST_BYTE_TIMEOUT_MS: whole(120 * SECOND),
  MODEL_STALL_TIMEOUT_MS: whole(120 * SECOND),
  TURN_TIMEOUT_MS: whole(10 * MINUTE),
  CONFIRM_TIMEOUT_MS: whole(DAY),
  CLIENT_TOOL_TIMEOUT_MS: whole(5 * MINUTE),
  SESSION_IDLE_MS: whole(2 * HOUR),
  SESSIONS_PER_USER: whole(5),
  RETRY_INITIAL_MS: whole(2 * SECOND),
  WEBHOOK_RETRY_INITIAL_MS: whole(5 * SECOND),
  TURN_RETENTION_MS: whole(7 * DAY),
  LOG_ENTRIES_KEPT: whole(10_000),
  HISTORY_SHARD_BYTES: whole(10_000_000_000),
  FILES_PER_USER_BYTES: whole(1024 ** 3),
  JURISDICTION: z.preprocess(unset, z.enum(["eu", "us", "fedramp", "fedramp-high"]).optional()),
  TURN_TOKEN_LIMIT: whole(0, 0),
  TURNS_PER_DAY: whole(0, 0),
  TOKENS_PER_DAY: whole(0, 0),
});
export type Settings = z.infer<typeof settings>;

/** Reads settings of an `env` and keeps them: an isolate has one, which every new object is given. */
export function readOnce<T>(schema: z.ZodType<T>): (env: object) => T {
  const known = new WeakMap<object, T>();
  return (env) => {
    const read = known.get(env) ?? schema.parse(env);
    known.set(env, read);
    return read;
  };
}
