import type { Settings } from "../platform/settings";

/** Whether an origin is on the operator's list. */
export function isListedOrigin(origin: string, settings: Settings): boolean {
  return settings.ALLOWED_ORIGINS.some((listed) => listed.replace(/\/$/, "") === origin);
}

/**
 * Whether a request may come from the page that it comes from. No `Origin` passes: only browsers
 * send one, and only in browsers can a page of another site act for its visitor.
 */
export function isAllowedOrigin(request: Request, settings: Settings): boolean {
  const origin = request.headers.get("Origin");
  if (origin === null) return true;
  return origin === new URL(request.url).origin || isListedOrigin(origin, settings);
}
