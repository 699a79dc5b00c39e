import { useState } from "preact/hooks";
import type { Board, BoardLine, BoardPanel } from "../../protocol/operator/board";
import { Chart } from "./chart";
import { type Colours, strokeOf } from "./colours";
import { EveryValue } from "./every-value";
import { partText } from "./times";
import { nameOf, shown, WORDS } from "./words";

type Props = { panel: BoardPanel; board: Board; colours: Colours };

/** One thing of the board: a chart, and in words what it shows. */
export function Panel({ panel, board, colours }: Props) {
  const { title, note } = WORDS[panel.id];
  const [index, setIndex] = useState<number>();
  const isEmpty = panel.lines.every(({ values }) => values.every((value) => !value));
  return (
    <section class="card panel" aria-label={title}>
      <h3>{title}</h3>
      <p class="quiet">{note}</p>
      {panel.lines.length === 0 ? (
        <p class="nothing">None in this time.</p>
      ) : (
        <>
          {isEmpty ? (
            <p class="nothing">{emptyText(panel)}</p>
          ) : (
            <Chart panel={panel} board={board} colours={colours} onIndex={setIndex} />
          )}
          <Summary panel={panel} board={board} colours={colours} index={index} />
          {!isEmpty && <EveryValue panel={panel} board={board} />}
        </>
      )}
    </section>
  );
}

function emptyText({ id }: BoardPanel): string {
  return WORDS[id].kind === "measured" ? "Nothing to measure in this time." : "None in this time.";
}

/** What each line comes to, and its value at the pointer or, without one, in the last part. */
function Summary({ panel, board, colours, index }: Props & { index: number | undefined }) {
  const { kind, title } = WORDS[panel.id];
  const at = index ?? board.times.length - 1;
  return (
    <table class="summary">
      <caption class="sr-only">{title}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Line</span>
          </th>
          <th scope="col">{index === undefined ? LAST[kind] : partText(board, index)}</th>
          <th scope="col">{WHOLE[kind]}</th>
        </tr>
      </thead>
      <tbody>
        {panel.lines.map((line, i) => (
          <tr key={line.name}>
            <th scope="row">
              <Swatch colours={colours} index={i} />
              {nameOf(panel.id, line)}
            </th>
            <td>{shown(line.values[at] ?? null, panel.unit, line.name)}</td>
            <td>{shown(wholeOf(panel, line), panel.unit, line.name)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const LAST = { counted: "Latest", measured: "Latest", level: "Now" };
const WHOLE = { counted: "In all", measured: "Over all", level: "Highest" };

function wholeOf({ id }: BoardPanel, { values, whole }: BoardLine): number | null {
  if (WORDS[id].kind !== "level") return whole;
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function Swatch({ colours, index }: { colours: Colours; index: number }) {
  const { stroke, dash } = strokeOf(colours, index);
  return (
    <svg class="swatch" viewBox="0 0 18 4" width="18" height="4" aria-hidden="true">
      <path d="M0 2h18" stroke={stroke} stroke-width="3" stroke-dasharray={dash?.join(" ")} />
    </svg>
  );
}
