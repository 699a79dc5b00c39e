import type { Case } from "../profile/cases";
import type { Profiled } from "../profile/profile";
import { tableLines } from "./markdown";

/** Parts with a line of their own; what is smaller is summed up. */
const MOST_LINES = 14;

export type ProfiledCase = Pick<Case, "title" | "rounds" | "per"> & { columns: Profiled[] };

export const PROFILE_TITLE = "Where the time goes";

/** Where the time goes, as Markdown: one table for each case. */
export function profileText(cases: ProfiledCase[]): string {
  return [
    `## ${PROFILE_TITLE}`,
    "",
    "Profiles of the worker's isolate by the runtime's inspector, in runs of their own: milliseconds by package, or by file of `src/`. A native call (a frame handed to a socket, a statement of SQL) counts for the file that makes it, where the profiler knows it, and else for the runtime itself. The last line is what the kernel counts for all processes of the server, set-up of the round included: the difference is outside the isolate, in D1, the limiter, sockets and helper threads of the collector.",
    "",
    ...cases.flatMap(caseLines),
  ].join("\n");
}

function caseLines({ title, rounds, per, columns }: ProfiledCase): string[] {
  const withHeap = columns.some(({ kept }) => kept);
  const heads = columns.flatMap(({ label }) => [
    `${label}, ms`,
    ...(withHeap ? [`${label}, KB kept`] : []),
  ]);
  const main = columns.at(-1);
  const parts = Object.keys(main?.times ?? {}).sort(
    (a, b) => (main?.times[b] ?? 0) - (main?.times[a] ?? 0),
  );
  const shown = new Set(parts.slice(0, MOST_LINES));
  const line = (name: string, fits: (part: string) => boolean): string[] => {
    const values = columns.flatMap(({ times, kept }) => [
      ms(sumOf(times, fits)),
      ...(withHeap ? [kb(sumOf(kept ?? {}, fits))] : []),
    ]);
    return [name, ...values];
  };
  const wholes = columns.flatMap(({ whole }) => [ms(whole), ...(withHeap ? [""] : [])]);
  return [
    `### ${title}`,
    "",
    `For one ${per.of}.${withHeap ? " Kept: what was allocated and outlived a young collection." : ""}`,
    "",
    ...tableLines(
      ["", ...heads],
      [
        ...[...shown].map((part) => line(part, (other) => other === part)),
        line("everything else", (part) => !shown.has(part)),
        line("the isolate", () => true),
        ["all processes", ...wholes],
      ],
    ),
    "",
    ...columns.map((column) => `${stopsText(column, rounds)}\n`),
  ];
}

function stopsText({ label, stops }: Profiled, rounds: number): string {
  const [longest] = stops.toSorted((a, b) => b - a);
  const mean = stops.reduce((sum, stop) => sum + stop, 0) / stops.length;
  const found =
    longest === undefined
      ? "none"
      : `${stops.length}, the longest ${longest.toFixed(0)} ms, ${mean.toFixed(0)} ms on the average`;
  return `Stops of the collector of 10 ms or more in ${rounds} rounds, ${label}: ${found}.`;
}

function sumOf(amounts: Record<string, number>, fits: (part: string) => boolean): number {
  return Object.entries(amounts).reduce((sum, [part, value]) => sum + (fits(part) ? value : 0), 0);
}

function ms(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function kb(bytes: number): string {
  return Math.round(bytes / 1000).toLocaleString("en");
}
