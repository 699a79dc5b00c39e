import * as z from "zod";
import { type Webhook, webhook } from "../../../protocol/webhooks";

/** What does not change of a webhook. */
const body = webhook.omit({ status: true, reason: true });
const json = z.string().transform((text): unknown => JSON.parse(text));
const row = z.object({
  body: json.pipe(body),
  secret: z.string(),
  paused: z.string().nullable(),
  succeeded_at: z.int().nullable(),
});

export type KeptWebhook = {
  webhook: Webhook;
  /** Sealed. */
  secret: string;
  /** When the endpoint last took something; milliseconds since 1970. */
  succeededAt: number | null;
};

export class WebhookTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add(made: z.infer<typeof body>, secret: string): void {
    const query = "INSERT INTO webhooks (id, body, secret) VALUES (?, ?, ?)";
    this.#sql.exec(query, made.id, JSON.stringify(made), secret);
  }

  get(id: string): KeptWebhook | undefined {
    return this.#read(
      "SELECT body, secret, paused, succeeded_at FROM webhooks WHERE id = ?",
      id,
    )[0];
  }

  /** Newest first: ids sort by time. */
  all(): KeptWebhook[] {
    return this.#read("SELECT body, secret, paused, succeeded_at FROM webhooks ORDER BY id DESC");
  }

  remove(id: string): boolean {
    const query = "DELETE FROM webhooks WHERE id = ? RETURNING id";
    return this.#sql.exec(query, id).toArray().length > 0;
  }

  pause(id: string, reason: string): void {
    this.#sql.exec("UPDATE webhooks SET paused = ? WHERE id = ?", reason, id);
  }

  /** The endpoint took something: it is well, whatever was before. */
  noteSuccess(id: string, now: number): void {
    const query = "UPDATE webhooks SET paused = NULL, succeeded_at = ? WHERE id = ?";
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

function fromRow({ body, secret, paused, succeeded_at }: z.infer<typeof row>): KeptWebhook {
  const status = paused === null ? "active" : "paused";
  const why = paused !== null && { reason: paused };
  return { webhook: { ...body, status, ...why }, secret, succeededAt: succeeded_at };
}
