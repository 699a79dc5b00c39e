import { LABELS, type SystemName } from "../hosts/systems";
import type { Measured } from "../rows/rounds";
import type { Figure, Row } from "../rows/row";
import { tableLines } from "./markdown";
import { bandOf, figureOf, type Value, verdictOf, voidCells } from "./summary";

/** One row of the table as Markdown: its figures, its ratios to the floor, its goals. */
export function rowText(row: Row, measured: Measured): string {
  const bad = voidCells(measured, row);
  const lines = row.cells.map(({ name }): string[] => {
    const why = bad.get(name);
    const values = row.figures.map((figure) =>
      why ? "void" : shown(figure, figureOf(measured, name, figure.key)),
    );
    return [labelOf(name), ...values];
  });
  const head = ["", ...row.figures.map(headOf)];
  const text = [
    `## ${row.title}`,
    "",
    `${row.about} Medians of ${measured.rounds} rounds on ${measured.measuredAt.slice(0, 10)}; in brackets the median of the rounds' ratios to the floor.`,
    "",
    ...tableLines(head, lines),
    "",
    ...bandText(row, measured),
    ...[...bad].map(([cell, why]) => `Void: ${labelOf(cell)}: ${why}.\n`),
    ...goalLines(row, measured),
  ].join("\n");
  return `${text.trimEnd()}\n`;
}

function bandText(row: Row, measured: Measured): string[] {
  const bands = row.figures.flatMap(({ key, label }) => {
    const band = bandOf(measured, key);
    return band ? [`${label} ${band.low.toFixed(2)}–${band.high.toFixed(2)}`] : [];
  });
  if (bands.length === 0) return [];
  return [
    `The floor over itself (A/A): ${bands.join(", ")}. Nothing within that is a difference.\n`,
  ];
}

function goalLines(row: Row, measured: Measured): string[] {
  return row.goals.flatMap((goal) => {
    const verdict = verdictOf(measured, goal);
    if (!verdict) return [];
    const { says, met, value, limit } = verdict;
    return [`- ${met ? "Met" : "**Not met**"}: ${says} (${number(value)}, limit ${number(limit)})`];
  });
}

function labelOf(cell: string): string {
  const [system = "", ...rest] = cell.split(" ");
  const label = LABELS[system as SystemName] ?? system;
  return [label, ...rest].join(" ");
}

function headOf({ label, unit }: Figure): string {
  return unit === "" || unit === "×" ? label : `${label}, ${unit}`;
}

function shown({ key }: Figure, { median, ratio }: Value): string {
  if (Number.isNaN(median)) return "–";
  return ratio === undefined || key === "spread"
    ? number(median)
    : `${number(median)} (${ratio.toFixed(2)})`;
}

function number(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
