import { searchForm } from "../../../history/search-form";
import { searchQuery } from "../../../history/search-terms";
import { refText } from "../../../protocol/refs";
import type { ListTasks } from "../../../protocol/rest/list-tasks";
import { taskStatus } from "../../../protocol/task";

/** A piece of SQL with its parameters, in their order. */
export type Piece = { text: string; values: (string | number)[] };

/** The newest `count` entries after a position that an index gives in the list's order. */
export type Candidates = (after: string | undefined, count: number) => Piece;

/** Bits of an entry within its millisecond. */
const BITS = 20;
/** What is left of a 64-bit integer: the years 1691 to 2248. */
const LAST_MS = 2 ** 43 - 1;

/** All that the user has of some statuses, or of any, within the query's times. */
export function byStatus(query: ListTasks): Candidates {
  const sorts = sortsOf(query);
  return (after, count) => {
    const within = bounds("entry", query, after);
    // Each sort is a range in the list's order; ranges are merged, where `IN` would be sorted.
    const ranges = sorts.map((sort): Piece => {
      const of = sort === undefined ? "" : "is_ephemeral = ? AND status = ? AND ";
      return {
        text: `SELECT entry FROM tasks WHERE ${of}${within.text}`,
        values: [...(sort ?? []), ...within.values],
      };
    });
    return {
      text: `${ranges.map(({ text }) => text).join(" UNION ALL ")} ORDER BY entry DESC LIMIT ?`,
      values: [...ranges.flatMap(({ values }) => values), count],
    };
  };
}

/** The ranges of the index by ephemerality and status; without them all tasks there are. */
function sortsOf({ status, ephemeral }: ListTasks): ([0 | 1, string] | undefined)[] {
  if (!status && ephemeral) return [undefined];
  const kinds = ephemeral ? [0 as const, 1 as const] : [0 as const];
  const statuses = [...new Set(status ?? taskStatus.options)];
  return kinds.flatMap((kind) => statuses.map((one): [0 | 1, string] => [kind, one]));
}

/** All that may have the query's team, labels and title; undefined where it asks for none. */
export function bySearch(query: ListTasks): Candidates | undefined {
  const match = searchQuery("", query);
  if (match === undefined) return undefined;
  return (after, count) => {
    const within = bounds("rowid", query, after);
    return {
      text: `SELECT rowid AS entry FROM task_search WHERE task_search MATCH ? AND ${within.text}
        ORDER BY rowid DESC LIMIT ?`,
      values: [match, ...within.values, count],
    };
  };
}

/** Those that wait for somebody, or the one of a key: few, whatever the rest of the query is. */
export function byFew(query: ListTasks): Candidates | undefined {
  const { key, waiting } = query;
  if (key === undefined && waiting !== true) return undefined;
  const [where, of] = key === undefined ? ["is_waiting = 1", []] : ["key = ?", [key]];
  return (after, count) => {
    const within = bounds("entry", query, after);
    return {
      text: `SELECT entry FROM tasks WHERE ${where} AND ${within.text} ORDER BY entry DESC LIMIT ?`,
      values: [...of, ...within.values, count],
    };
  };
}

/**
 * The index finds what can match; what does, the row says. With a plus, since the entry is the shorter
 * way to the row than any index of these.
 */
export function filters(query: ListTasks): Piece[] {
  const { status, team, q, key, waiting, ephemeral, label = [] } = query;
  const marks = (status ?? []).map(() => "?").join(", ");
  return [
    ...(status ? [{ text: `+status IN (${marks})`, values: status }] : []),
    ...(team ? [{ text: "team = ?", values: [refText(team)] }] : []),
    ...(key === undefined ? [] : [{ text: "+key = ?", values: [key] }]),
    ...(ephemeral ? [] : [{ text: "+is_ephemeral = 0", values: [] }]),
    ...(waiting === undefined ? [] : [{ text: "+is_waiting = ?", values: [waiting ? 1 : 0] }]),
    ...(q === undefined ? [] : [{ text: "instr(title_folded, ?) > 0", values: [searchForm(q)] }]),
    ...label.map((one) => ({
      text: "EXISTS (SELECT 1 FROM json_each(labels) l WHERE l.key = ? AND l.value = ?)",
      values: [one.key, one.value],
    })),
  ];
}

function bounds(entry: string, query: ListTasks, after: string | undefined): Piece {
  const { createdAfter, createdBefore } = query;
  const below: Piece[] = [
    ...(after === undefined ? [] : [{ text: "CAST(? AS INTEGER)", values: [after] }]),
    ...(createdBefore === undefined ? [] : [firstEntry(Date.parse(createdBefore))]),
  ];
  // With none, so that the newest are looked up like all others.
  if (below.length === 0) below.push(firstEntry(LAST_MS));
  const [one, other] = below;
  // One bound on each side: SQLite takes one of several for the range, and reads up to the others.
  const upper = other ? `min(${one?.text}, ${other.text})` : one?.text;
  const from = createdAfter === undefined ? undefined : firstEntry(Date.parse(createdAfter) + 1);
  return {
    text: `${from ? `${entry} >= ${from.text} AND ` : ""}${entry} < ${upper}`,
    values: [...(from?.values ?? []), ...below.flatMap(({ values }) => values)],
  };
}

/** The first entry of a millisecond. */
function firstEntry(ms: number): Piece {
  return { text: `(? << ${BITS})`, values: [Math.min(Math.max(ms, -LAST_MS), LAST_MS)] };
}
