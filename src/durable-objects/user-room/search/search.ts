import * as z from "zod";
import { type Atom, atomsOf, hitsIn, matchFor } from "../../../history/message-query";
import { wordsOf } from "../../../history/message-words";
import { entryText } from "../../../history/task-entries";
import { decodeCursor, encodeCursor } from "../../../protocol/cursor";
import { messageRole } from "../../../protocol/message";
import type { FoundMessage, SearchMessages } from "../../../protocol/rest/search";
import { scoreOf } from "./ranking";
import { snippetOf } from "./snippet";

/** Texts that are ranked together, and their bytes: the newest that match, then the newest of the rest. */
const WINDOW = { texts: 200, bytes: 2 * 1024 * 1024 };
/** How much larger it may have become by a later page. */
const LATE_SHARE = 2;
/** The entry of 1970. */
const LOWEST = "0";

/**
 * Where a search goes on: in the window of entries from `bottom` up to `top`, after the text of this score and
 * entry, or at its beginning. `began`: milliseconds since 1970.
 */
const position = z.strictObject({
  began: z.int().min(0),
  top: entryText,
  bottom: entryText.optional(),
  score: z.number().optional(),
  entry: entryText.optional(),
});
type Position = z.infer<typeof position>;

const topRows = z.tuple([z.object({ entry: z.string() })]);
const sizeRows = z.array(z.object({ entry: z.string(), bytes: z.int() }));
const textRows = z.array(
  z.object({
    entry: z.string(),
    task_id: z.string(),
    title: z.string(),
    message_id: z.string(),
    seq: z.int(),
    thread_id: z.string(),
    role: messageRole,
    created_at: z.string(),
    body: z.string(),
  }),
);
type Text = z.infer<typeof textRows>[number];

/** Where a query goes on; nothing where it begins, and undefined where its cursor is none that a page gave. */
export function readCursor({ cursor }: SearchMessages): Position | null | undefined {
  return cursor === undefined ? null : decodeCursor(position, cursor);
}

/** Above all that there is now: what comes later is not of this search. */
export function beginning(sql: SqlStorage, now: number): Position {
  const query = "SELECT CAST(coalesce(max(entry), 0) + 1 AS TEXT) AS entry FROM texts";
  const [{ entry }] = topRows.parse(sql.exec(query).toArray());
  return { began: now, top: entry };
}

type FoundIn = { items: FoundMessage[]; nextCursor: string | null };

/**
 * A page of what matches, best first among the newest that do, then among the next. A page looks at one such
 * window, so it takes the same time however many there are; it may be short, and its cursor goes on.
 */
export function searchTexts(sql: SqlStorage, query: SearchMessages, at: Position): FoundIn {
  const atoms = atomsOf(query.q);
  const match = matchFor(atoms);
  if (match === undefined) return { items: [], nextCursor: null };
  const { low, isCut } = windowOf(sql, match, at);
  const bottom = at.bottom ?? (isCut ? low : LOWEST);
  const found = textsIn(sql, match, { top: at.top, bottom: low })
    .flatMap((text) => ranked(text, atoms, at.began))
    .sort(byRank)
    .filter((one) => isAfter(one, at));
  const shown = found.slice(0, query.limit);
  return { items: shown.map(({ item }) => item), nextCursor: nextOf(at, bottom, found, shown) };
}

type Ranked = { item: FoundMessage; score: number; entry: bigint };

function nextOf(
  { began, top }: Position,
  bottom: string,
  found: readonly Ranked[],
  shown: readonly Ranked[],
): string | null {
  const last = shown.at(-1);
  if (last && shown.length < found.length) {
    const { score, entry } = last;
    return encodeCursor({ began, top, bottom, score, entry: String(entry) });
  }
  return bottom === LOWEST ? null : encodeCursor({ began, top: bottom });
}

function byRank(one: Ranked, other: Ranked): number {
  return other.score - one.score || (one.entry < other.entry ? 1 : -1);
}

function isAfter({ score, entry }: Ranked, at: Position): boolean {
  if (at.score === undefined || at.entry === undefined) return true;
  return score < at.score || (score === at.score && entry < BigInt(at.entry));
}

// In this order: what matches is few of all that there is.
const MATCHING = `FROM text_search CROSS JOIN texts ON texts.entry = text_search.rowid`;
const WITHIN = `WHERE text_search MATCH ? AND text_search.rowid < CAST(? AS INTEGER)
  AND text_search.rowid >= CAST(? AS INTEGER) ORDER BY text_search.rowid DESC LIMIT ?`;

/**
 * Down to which entry texts are ranked together, and whether others match below it. A window that had its
 * bounds on the page before has those, with what has come late.
 */
function windowOf(
  sql: SqlStorage,
  match: string,
  { top, bottom }: Position,
): { low: string; isCut: boolean } {
  const late = bottom === undefined ? 1 : LATE_SHARE;
  const most = { texts: WINDOW.texts * late, bytes: WINDOW.bytes * late };
  const query = `SELECT CAST(texts.entry AS TEXT) AS entry, bytes ${MATCHING} ${WITHIN}`;
  const values = [match, top, bottom ?? LOWEST, most.texts + 1];
  const rows = sizeRows.parse(sql.exec(query, ...values).toArray());
  let bytes = 0;
  const cut = rows.findIndex((row, i) => {
    bytes += row.bytes;
    return i === most.texts || (i > 0 && bytes > most.bytes);
  });
  const last = cut < 0 ? undefined : rows[cut - 1];
  return { low: last?.entry ?? bottom ?? LOWEST, isCut: last !== undefined };
}

/** Of tasks that are in the list: what is left of others is on its way out. */
function textsIn(
  sql: SqlStorage,
  match: string,
  { top, bottom }: { top: string; bottom: string },
): Text[] {
  const query = `SELECT CAST(texts.entry AS TEXT) AS entry, tasks.task_id AS task_id,
      tasks.body ->> '$.title' AS title, message_id, texts.seq AS seq, thread_id, role, created_at,
      texts.body AS body
    ${MATCHING}
    CROSS JOIN shelves ON shelves.shelf = texts.shelf
    CROSS JOIN tasks ON tasks.task_id = shelves.task_id ${WITHIN}`;
  const values = [match, top, bottom, WINDOW.texts * LATE_SHARE];
  return textRows.parse(sql.exec(query, ...values).toArray());
}

function ranked(text: Text, atoms: readonly Atom[], began: number): Ranked[] {
  const words = wordsOf(text.body);
  const hits = hitsIn(words, atoms);
  if (!hits) return [];
  const ageMs = began - Date.parse(text.created_at);
  const score = scoreOf(atoms, { words, hits, ageMs });
  const item = {
    taskId: text.task_id,
    title: text.title,
    messageId: text.message_id,
    seq: text.seq,
    threadId: text.thread_id,
    role: text.role,
    createdAt: text.created_at,
    snippet: snippetOf(text.body, words, hits),
    score,
  };
  return [{ item, score, entry: BigInt(text.entry) }];
}
