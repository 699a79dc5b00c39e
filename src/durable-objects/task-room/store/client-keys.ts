import * as z from "zod";

const keyRows = z.array(z.object({ asked: z.string(), reply: z.string() }));
export const clientReply = z.object({ messageId: z.string(), turnId: z.string() });
export type ClientReply = z.infer<typeof clientReply>;

export type ClientKey = { key: string; asked: string };

/** A client's own id for a request, bound to its user, its kind and what was asked. */
export function clientKey(
  kind: "message" | "execute",
  userId: string,
  id: string,
  body: object,
): ClientKey {
  const key = JSON.stringify([kind, userId, id]);
  return { key, asked: JSON.stringify(body) };
}

/** What requests with a client's own id were answered with. */
export class ClientKeys {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The first answer, `conflict` where the same id came with something else, nothing if it is new. */
  find({ key, asked }: ClientKey): ClientReply | "conflict" | undefined {
    const query = "SELECT asked, reply FROM client_keys WHERE key = ?";
    const [row] = keyRows.parse(this.#sql.exec(query, key).toArray());
    if (!row) return undefined;
    return row.asked === asked ? clientReply.parse(JSON.parse(row.reply)) : "conflict";
  }

  /** The first answer, whatever was asked. */
  answer(key: string): ClientReply | undefined {
    const query = "SELECT asked, reply FROM client_keys WHERE key = ?";
    const [row] = keyRows.parse(this.#sql.exec(query, key).toArray());
    return row && clientReply.parse(JSON.parse(row.reply));
  }

  put({ key, asked }: ClientKey, reply: ClientReply, now: number): void {
    this.#sql.exec(
      "INSERT INTO client_keys (key, asked, reply, at) VALUES (?, ?, ?, ?)",
      key,
      asked,
      JSON.stringify(reply),
      now,
    );
  }
}
