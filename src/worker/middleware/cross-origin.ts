import { cors } from "hono/cors";
import type { AppContext } from "../context";
import { settingsOf } from "../current-settings";
import { isListedOrigin } from "../origin";

/**
 * Lets the pages of `ALLOWED_ORIGINS` read answers; credentials travel in a header, never in cookies.
 * Such a page may send any header: each protocol's clients have some of their own.
 */
export const crossOrigin = cors({
  origin: (origin, c: AppContext) => (isListedOrigin(origin, settingsOf(c.env)) ? origin : null),
  allowMethods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  exposeHeaders: [
    ...["X-Request-Id", "Retry-After", "RateLimit-Policy", "Location"],
    ...["Content-Disposition", "Content-Range", "ETag"],
    ...["WWW-Authenticate", "X-Should-Retry", "Mcp-Session-Id"],
    ...["Stream-Next-Offset", "Stream-Up-To-Date", "Stream-Closed"],
  ],
  maxAge: 600,
});
