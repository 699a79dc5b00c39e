import * as z from "zod";
import { termsOf, wordsOf } from "../../../history/message-words";
import { utf8Bytes } from "../../../protocol/bytes";
import type { SaidText } from "../api";
import { TEXT_BOUNDS } from "./text-bounds";

const textRows = z.array(
  z.object({ entry: z.string(), seq: z.int(), inviter: z.string(), bytes: z.int() }),
);
const entryRows = z.tuple([z.object({ entry: z.string() })]);
const dueRows = z.array(z.object({ due_at: z.int() }));
const sumRows = z.array(z.object({ bytes: z.int() }));

/** The names of what is counted together: all texts, those of tasks that others made, those of one such user. */
const ALL = "all";
const OTHERS = "others";
const ofUser = (userId: string) => `user ${userId}`;
/** Bytes of a row beside its text, roughly: ids and the terms of a short one. */
const ROW_BYTES = 500;

/** Bytes of texts whose index is written anew in some hundred milliseconds. */
const PURGED_BYTES = 128 * 1024 * 1024;

type TextRow = z.infer<typeof textRows>[number];
/** Where a text belongs: on which shelf, and who made its task, empty where the user did. */
export type TextPlace = { shelf: number; inviter: string };

/** What was said in the user's tasks, as it is searched: the newest that fit their bounds. */
export class TextTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The same again changes nothing; what a message says later takes the place of what it said. */
  put({ shelf, inviter }: TextPlace, text: SaidText): void {
    const old = this.#get(shelf, text.id);
    if (old && old.seq >= text.seq) return;
    if (old) this.#drop(old);
    const terms = termsOf(wordsOf(text.content));
    if (terms === "") return;
    const bytes = utf8Bytes(text.content) + ROW_BYTES;
    const entry = this.#place(text);
    this.#sql.exec(
      `INSERT INTO texts (entry, shelf, message_id, seq, thread_id, role, created_at, inviter, bytes, body)
        VALUES (CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[entry, shelf, text.id, text.seq, text.threadId, text.role, text.createdAt],
      ...[inviter, bytes, text.content],
    );
    const index = "INSERT INTO text_search (rowid, terms) VALUES (CAST(? AS INTEGER), ?)";
    this.#sql.exec(index, entry, terms);
    this.#count(inviter, bytes);
    this.#bound(inviter);
  }

  withdraw(shelf: number, messageIds: readonly string[]): void {
    for (const id of messageIds) {
      const old = this.#get(shelf, id);
      if (old) this.#drop(old);
    }
  }

  /** Lets go of up to `limit` texts of a shelf; whether that were all. */
  clear(shelf: number, limit: number): boolean {
    const query = `SELECT CAST(entry AS TEXT) AS entry, seq, inviter, bytes FROM texts
      INDEXED BY texts_by_message WHERE shelf = ? LIMIT ?`;
    const rows = textRows.parse(this.#sql.exec(query, shelf, limit).toArray());
    for (const row of rows) this.#drop(row);
    return rows.length < limit;
  }

  /** Of texts that are gone the index keeps words until it is merged: that is to be done by `dueAt`. */
  noteResidue(dueAt: number): void {
    this.#sql.exec("INSERT OR IGNORE INTO text_residue (id, due_at) VALUES (1, ?)", dueAt);
  }

  /** When the index is to be rid of what is gone; milliseconds since 1970. */
  residueAt(): number | undefined {
    const query = "SELECT due_at FROM text_residue";
    return dueRows.parse(this.#sql.exec(query).toArray())[0]?.due_at;
  }

  /** Leaves nothing of what is gone. One that is very large is left to what FTS5 merges by itself. */
  purge(): void {
    const size = this.#sum(ALL);
    const command = size === 0 ? "delete-all" : "optimize";
    if (size <= PURGED_BYTES) {
      this.#sql.exec("INSERT INTO text_search (text_search) VALUES (?)", command);
    }
    this.#sql.exec("DELETE FROM text_residue");
  }

  get isEmpty(): boolean {
    return this.#sum(ALL) === 0;
  }

  #get(shelf: number, messageId: string): TextRow | undefined {
    const query = `SELECT CAST(entry AS TEXT) AS entry, seq, inviter, bytes FROM texts
      WHERE shelf = ? AND message_id = ?`;
    return textRows.parse(this.#sql.exec(query, shelf, messageId).toArray())[0];
  }

  /** At the message's time; where others are there, after them. */
  #place({ createdAt }: SaidText): string {
    const query = `SELECT CAST(coalesce(max(entry) + 1, ?1 << 20) AS TEXT) AS entry FROM texts
      WHERE entry >= ?1 << 20 AND entry < (?1 + 1) << 20`;
    return entryRows.parse(this.#sql.exec(query, Date.parse(createdAt)).toArray())[0].entry;
  }

  #drop({ entry, inviter, bytes }: TextRow): void {
    this.#sql.exec("DELETE FROM text_search WHERE rowid = CAST(? AS INTEGER)", entry);
    this.#sql.exec("DELETE FROM texts WHERE entry = CAST(? AS INTEGER)", entry);
    this.#count(inviter, -bytes);
  }

  #count(inviter: string, bytes: number): void {
    const query = `INSERT INTO text_sums (name, bytes) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET bytes = bytes + excluded.bytes`;
    const names = inviter === "" ? [ALL] : [ALL, OTHERS, ofUser(inviter)];
    for (const name of names) this.#sql.exec(query, name, bytes);
    this.#sql.exec("DELETE FROM text_sums WHERE name = ? AND bytes <= 0", ofUser(inviter));
  }

  /** The oldest go where there is more than may be. */
  #bound(inviter: string): void {
    if (inviter !== "") {
      const ofOne = "WHERE inviter = ? AND inviter <> ''";
      this.#dropWhile(ofUser(inviter), TEXT_BOUNDS.inviter, ofOne, inviter);
      this.#dropWhile(OTHERS, TEXT_BOUNDS.others, "WHERE inviter <> ''");
    }
    this.#dropWhile(ALL, TEXT_BOUNDS.all, "");
  }

  #dropWhile(name: string, most: number, where: string, ...values: string[]): void {
    const query = `SELECT CAST(entry AS TEXT) AS entry, seq, inviter, bytes FROM texts
      ${where} ORDER BY texts.entry LIMIT 1`;
    while (this.#sum(name) > most) {
      const [row] = textRows.parse(this.#sql.exec(query, ...values).toArray());
      if (!row) return;
      this.#drop(row);
    }
  }

  #sum(name: string): number {
    const query = "SELECT bytes FROM text_sums WHERE name = ?";
    return sumRows.parse(this.#sql.exec(query, name).toArray())[0]?.bytes ?? 0;
  }
}
