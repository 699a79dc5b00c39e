import * as z from "zod";
import { toTimestamp } from "../../../protocol/time";
import { type Webhook, webhook } from "../../../protocol/webhooks";

/** What its owner has said of a webhook. */
const body = webhook.omit({ status: true, reason: true, previousSecretUntil: true });
const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  body: json.pipe(body),
  secret: z.string(),
  old_secret: z.string().nullable(),
  old_secret_until: z.int().nullable(),
  paused: z.string().nullable(),
  succeeded_at: z.int().nullable(),
});
const COLUMNS = "body, secret, old_secret, old_secret_until, paused, succeeded_at";

export type WebhookBody = z.infer<typeof body>;
export type KeptWebhook = {
  body: WebhookBody;
  status: Webhook["status"];
  /** Why it is paused. */
  reason: string | undefined;
  /** Sealed. */
  secret: string;
  /** The secret before it, sealed, and until when it signs too; milliseconds since 1970. */
  old: { secret: string; until: number } | undefined;
  /** When the endpoint last took something; milliseconds since 1970. */
  succeededAt: number | null;
};

export class WebhookTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(made: WebhookBody, secret: string): void {
    const query = "INSERT INTO webhooks (id, body, secret) VALUES (?, ?, ?)";
    this.#sql.exec(query, made.id, JSON.stringify(made), secret);
  }

  get(id: string): KeptWebhook | undefined {
    return this.#read(`SELECT ${COLUMNS} FROM webhooks WHERE id = ?`, id)[0];
  }

  /** Newest first: ids sort by time. */
  all(): KeptWebhook[] {
    return this.#read(`SELECT ${COLUMNS} FROM webhooks ORDER BY id DESC`);
  }

  change(changed: WebhookBody): void {
    const query = "UPDATE webhooks SET body = ? WHERE id = ?";
    this.#sql.exec(query, JSON.stringify(changed), changed.id);
  }

  /** What signed until now goes on signing until a time; what came before it does not. */
  rotate(id: string, secret: string, oldUntil: number): void {
    const query = `UPDATE webhooks SET old_secret = secret, old_secret_until = ?, secret = ?
      WHERE id = ?`;
    this.#sql.exec(query, oldUntil, secret, id);
  }

  remove(id: string): boolean {
    const query = "DELETE FROM webhooks WHERE id = ? RETURNING id";
    return this.#sql.exec(query, id).toArray().length > 0;
  }

  /** `byHand`: until the same hand ends it. One that is paused by hand already stays so. */
  pause(id: string, reason: string, byHand = false): void {
    const query = `UPDATE webhooks SET paused = ?, held = ? WHERE id = ? AND (held = 0 OR ?)`;
    this.#sql.exec(query, reason, Number(byHand), id, Number(byHand));
  }

  resume(id: string): void {
    this.#sql.exec("UPDATE webhooks SET paused = NULL, held = 0 WHERE id = ?", id);
  }

  /** The endpoint took something: it is well, whatever was before. */
  noteSuccess(id: string, now: number): void {
    const query = `UPDATE webhooks SET paused = CASE held WHEN 1 THEN paused END, succeeded_at = ?
      WHERE id = ?`;
    this.#sql.exec(query, now, id);
  }

  #read(query: string, ...values: string[]): KeptWebhook[] {
    // One row at fault must not stop the others.
    const readable = this.#sql.exec(query, ...values).toArray();
    return readable.flatMap((stored) => {
      const { success, data } = row.safeParse(stored);
      return success ? [fromRow(data)] : [];
    });
  }
}

function fromRow(stored: z.infer<typeof row>): KeptWebhook {
  const { body, secret, old_secret, old_secret_until, paused, succeeded_at } = stored;
  const hasOld = old_secret !== null && old_secret_until !== null;
  return {
    body,
    secret,
    status: paused === null ? "active" : "paused",
    reason: paused ?? undefined,
    old: hasOld ? { secret: old_secret, until: old_secret_until } : undefined,
    succeededAt: succeeded_at,
  };
}

/** A webhook as its owner sees it. `now` in milliseconds since 1970. */
export function webhookView({ body, status, reason, old }: KeptWebhook, now: number): Webhook {
  return {
    ...body,
    status,
    ...(reason !== undefined && { reason }),
    ...(old && old.until > now && { previousSecretUntil: toTimestamp(old.until) }),
  };
}
