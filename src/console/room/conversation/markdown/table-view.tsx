import type { Tokens } from "marked";
import { h } from "preact";
import { memo } from "../../../state/memo";
import { Inline } from "./inline-view";
import type { KnownToken } from "./lexer";

/** Rows past which a table's columns are as wide as one another: to fit them to all of it takes too long. */
const LONG = 100;
/** Rows that are laid out, or left out of sight, together. */
const ROWS = 50;

/** A long table's parts are no table to the browser's layout, and so have to say what they are. */
const LONG_ROLES = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  head: { role: "columnheader" },
  cell: { role: "cell" },
} as const;
type Roles = Partial<typeof LONG_ROLES>;
const NO_ROLES: Roles = {};

type Props = { head: Tokens.Table; parts: readonly KnownToken[]; dir: "auto" | undefined };

/** A table, in which a row that comes costs no more than the rows beside it. */
export function TableView({ head, parts, dir }: Props) {
  const tables = parts.flatMap((part) => (part.type === "table" ? [part] : []));
  const isLong = tables.reduce((sum, { rows }) => sum + rows.length, 0) > LONG;
  const roles = isLong ? LONG_ROLES : NO_ROLES;
  return (
    <div class="table-box">
      <table dir={dir} class={isLong ? "long" : undefined} {...roles.table}>
        <thead {...roles.group}>
          <Row cells={head.header} roles={roles} />
        </thead>
        {tables.map((table, i) => (
          <Part key={i} table={table} roles={roles} />
        ))}
      </table>
    </div>
  );
}

type PartProps = { table: Tokens.Table; roles: Roles };

const Part = memo(({ table: { rows }, roles }: PartProps) => {
  const starts = Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, i) => i * ROWS);
  return (
    <>
      {starts.map((start) => (
        <tbody key={start} {...roles.group}>
          {rows.slice(start, start + ROWS).map((row, i) => (
            <Row key={i} cells={row} roles={roles} />
          ))}
        </tbody>
      ))}
    </>
  );
});

function Row({ cells, roles }: { cells: readonly Tokens.TableCell[]; roles: Roles }) {
  return (
    <tr {...roles.row}>
      {cells.map(({ header, align, tokens }, i) =>
        h(
          header ? "th" : "td",
          { key: i, ...(align && { align }), ...(header ? roles.head : roles.cell) },
          <Inline tokens={tokens} />,
        ),
      )}
    </tr>
  );
}
