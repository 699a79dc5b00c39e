import { refText } from "../protocol/refs";
import type { ListTasks } from "../protocol/rest/list-tasks";
import type { Task } from "../protocol/task";
import { searchForm } from "./search-form";

/** Neighbouring characters of a title that are indexed as one term. */
const PIECE_CHARS = 3;
/** Pieces of one query that are looked up; what they find is compared with all of it anyway. */
const PIECES = 16;

/**
 * An FTS5 query for the tasks of one user that can match the filters, or undefined where none of
 * them is in the index. Its terms are made as the view `task_terms` makes those of a task. They
 * are hexadecimal, so that no text of a caller's is ever read as FTS5's own syntax.
 */
export function searchQuery(userId: string, query: ListTasks): string | undefined {
  const { team, label = [], q } = query;
  const terms = [
    ...(team ? [`m${hex(refText(team))}`] : []),
    ...label.map(({ key, value }) => `l${hex(`${key}=${value}`)}`),
    ...(q === undefined ? [] : piecesOf(searchForm(q)).map((piece) => `t${hex(piece)}`)),
  ];
  const user = hex(userId);
  return terms.length > 0 ? terms.map((term) => `"${user}${term}"`).join(" ") : undefined;
}

/** The terms under which a task is found: the same as `searchQuery` makes of a query. */
export function searchTerms(
  scope: string,
  { teamRef, labels, title }: Pick<Task, "teamRef" | "labels" | "title">,
): string {
  const terms = [
    `m${hex(refText(teamRef))}`,
    ...Object.entries(labels).map(([key, value]) => `l${hex(`${key}=${value}`)}`),
    ...allPiecesOf(searchForm(title)).map((piece) => `t${hex(piece)}`),
  ];
  return terms.map((term) => `${hex(scope)}${term}`).join(" ");
}

/** Every one, two and three neighbouring characters. */
function allPiecesOf(text: string): string[] {
  const characters = Array.from(text);
  const pieces = characters.flatMap((_, at) =>
    Array.from({ length: PIECE_CHARS }, (_, i) => characters.slice(at, at + i + 1).join("")),
  );
  return [...new Set(pieces)];
}

/** Pieces that every text has in which this one is found. */
function piecesOf(text: string): string[] {
  // By code points, as SQLite counts characters.
  const characters = Array.from(text);
  const last = Math.max(characters.length - PIECE_CHARS, 0);
  const step = Math.ceil((last + 1) / PIECES);
  const starts = Array.from({ length: Math.ceil((last + 1) / step) }, (_, i) => i * step);
  return [...new Set(starts.map((at) => characters.slice(at, at + PIECE_CHARS).join("")))];
}

function hex(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
