import { cors } from "hono/cors";
import type { AppContext } from "../context";
import { settingsOf } from "../current-settings";
import { isListedOrigin } from "../origin";

/** Lets the pages of `ALLOWED_ORIGINS` read answers; credentials travel in a header, never in cookies. */
export const crossOrigin = cors({
  origin: (origin, c: AppContext) => (isListedOrigin(origin, settingsOf(c.env)) ? origin : null),
  allowMethods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  allowHeaders: [
    "A2A-Version",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
    "X-Request-Id",
  ],
  exposeHeaders: ["X-Request-Id", "Retry-After", "RateLimit-Policy", "Location"],
  maxAge: 600,
});
