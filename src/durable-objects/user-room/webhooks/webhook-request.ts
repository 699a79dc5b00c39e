import { type Signed, signatureHeaders } from "../../../agents/remote/signature";
import type { Answer } from "../../../engine/user/webhook-rules";
import type { Settings } from "../../../platform/settings";
import { checkTarget } from "../../../platform/target";

/** Milliseconds that an endpoint may take. */
const PATIENCE_MS = 15_000;

export type WebhookMessage = {
  url: string;
  /** The newest first: each signs. */
  secrets: [string, ...string[]];
  /** The same for every attempt. */
  id: string;
  payload: string;
  /** Milliseconds since 1970, of this attempt. */
  now: number;
};

type Allowed = Pick<Settings, "ALLOW_PRIVATE_TARGETS">;

/** One attempt, signed. Never rejects: an endpoint that can't be reached has not answered. */
export async function postWebhook(
  { url, secrets, id, payload, now }: WebhookMessage,
  allowed: Allowed,
): Promise<Answer> {
  const timestamp = Math.floor(now / 1000);
  const signed = await signedBy(secrets, { id, timestamp, body: payload }).catch(() => undefined);
  if (!signed) return {};
  return post(
    { url, headers: { ...signed, "content-type": "application/json" }, payload },
    allowed,
  );
}

export type Post = { url: string; headers: Record<string, string>; payload: string };

/** One attempt, as it is. Never rejects. */
export async function post(
  { url, headers, payload }: Post,
  { ALLOW_PRIVATE_TARGETS }: Allowed,
): Promise<Answer> {
  // Checked again where it is used: what is allowed may have changed.
  const target = checkTarget(url, { allowPrivate: ALLOW_PRIVATE_TARGETS });
  if (!target.ok) return {};
  const patience = new AbortController();
  // Cleared at the end: a timer that is left running would keep the object awake.
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(target.url, {
      method: "POST",
      headers: { ...headers, "user-agent": "Taskroom" },
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

const SIGNATURE = "webhook-signature";

/** Standard Webhooks takes several signatures, one after the other. */
async function signedBy(secrets: [string, ...string[]], message: Signed) {
  const [first, ...older] = secrets;
  const headers = await signatureHeaders(message, first);
  const others = await Promise.all(older.map((secret) => signatureHeaders(message, secret)));
  const signatures = [headers, ...others].map((signed) => signed[SIGNATURE]);
  return { ...headers, [SIGNATURE]: signatures.join(" ") };
}
