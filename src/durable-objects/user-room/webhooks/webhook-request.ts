import { signatureHeaders } from "../../../agents/remote/signature";
import type { Answer } from "../../../engine/user/webhook-rules";
import type { Settings } from "../../../platform/settings";
import { checkTarget } from "../../../platform/target";

/** Milliseconds that an endpoint may take. */
const PATIENCE_MS = 15_000;

export type WebhookMessage = {
  url: string;
  secret: string;
  /** The same for every attempt. */
  id: string;
  payload: string;
  /** Milliseconds since 1970, of this attempt. */
  now: number;
};

/** One attempt. Never rejects: an endpoint that can't be reached has not answered. */
export async function postWebhook(
  { url, secret, id, payload, now }: WebhookMessage,
  { ALLOW_PRIVATE_TARGETS }: Pick<Settings, "ALLOW_PRIVATE_TARGETS">,
): Promise<Answer> {
  // Checked again where it is used: what is allowed may have changed.
  const target = checkTarget(url, { allowPrivate: ALLOW_PRIVATE_TARGETS });
  if (!target.ok) return {};
  const patience = new AbortController();
  // Cleared at the end: a timer that is left running would keep the object awake.
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const timestamp = Math.floor(now / 1000);
    const signed = await signatureHeaders({ id, timestamp, body: payload }, secret);
    const response = await fetch(target.url, {
      method: "POST",
      headers: { ...signed, "content-type": "application/json", "user-agent": "Taskroom" },
      body: payload,
      // A redirect would lead past the check of the address.
      redirect: "manual",
      signal: patience.signal,
    });
    // What the endpoint says besides is nobody's business, and may be endless.
    await response.body?.cancel().catch(() => undefined);
    return { status: response.status };
  } catch {
    return {};
  } finally {
    clearTimeout(timer);
  }
}
