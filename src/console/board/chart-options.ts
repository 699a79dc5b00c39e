import uPlot from "uplot";
import type { Board, BoardPanel, Unit } from "../../protocol/operator/board";
import { type Colours, strokeOf } from "./colours";
import { nameOf, shown, WORDS } from "./words";

type Asked = {
  panel: BoardPanel;
  bucketMs: number;
  width: number;
  colours: Colours;
  /** The part that a pointer is at, or nothing. */
  onIndex: (index: number | undefined) => void;
};

export const CHART_HEIGHT = 150;
const FONT = "12px system-ui, sans-serif";
const HOUR_MS = 60 * 60_000;
const DAY_S = (24 * HOUR_MS) / 1000;

/** How a panel is drawn: what is measured as points and lines, all else as steps. */
export function optionsOf({ panel, bucketMs, width, colours, onIndex }: Asked): uPlot.Options {
  const isMeasured = isPoints(panel);
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height: CHART_HEIGHT,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { setScale: false } },
    scales: { y: { range: (_, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [timeAxis(colours, bucketMs), valueAxis(colours, panel.unit)],
    series: [
      {},
      ...panel.lines.map((line, i) => {
        const stroke = strokeOf(colours, i);
        return {
          label: nameOf(panel.id, line),
          width: 1.75,
          ...stroke,
          ...(!isMeasured && steps && { paths: steps }),
          points: { show: isMeasured, size: 5, fill: stroke.stroke },
          spanGaps: isMeasured,
        };
      }),
    ],
    hooks: { setCursor: [({ cursor }) => onIndex(atMost(cursor.idx, panel))] },
  };
}

/** Times in seconds since 1970, then each line's values; a step goes on to the end of its part. */
export function dataOf(panel: BoardPanel, { times, bucketMs }: Board): uPlot.AlignedData {
  const begins = times.map((time) => Date.parse(time) / 1000);
  if (isPoints(panel)) return [begins, ...panel.lines.map(({ values }) => values)];
  const end = (begins.at(-1) ?? 0) + bucketMs / 1000;
  const lines = panel.lines.map(({ values }) => [...values, values.at(-1) ?? null]);
  return [[...begins, end], ...lines];
}

function isPoints({ id }: BoardPanel): boolean {
  return WORDS[id].kind === "measured";
}

/** The end of the last step is in its part. */
function atMost(index: number | null | undefined, { lines }: BoardPanel): number | undefined {
  const last = (lines[0]?.values.length ?? 1) - 1;
  return index === null || index === undefined ? undefined : Math.min(index, last);
}

function timeAxis({ text, grid }: Colours, bucketMs: number): uPlot.Axis {
  const isLong = bucketMs >= HOUR_MS;
  const format = new Intl.DateTimeFormat(
    undefined,
    isLong ? { weekday: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" },
  );
  return {
    stroke: text,
    font: FONT,
    space: 70,
    size: 28,
    grid: { show: false },
    ticks: { stroke: grid, size: 4 },
    ...(isLong && { incrs: [DAY_S, 2 * DAY_S] }),
    values: (_, splits) => splits.map((seconds) => format.format(seconds * 1000)),
  };
}

function valueAxis({ text, grid }: Colours, unit: Unit): uPlot.Axis {
  return {
    stroke: text,
    font: FONT,
    size: 54,
    space: 36,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    // Half a turn is none.
    ...(unit === "count" && { incrs: WHOLE }),
    values: (_, splits) => splits.map((value) => shown(value, unit)),
  };
}

const WHOLE = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((n) => n * 10 ** power),
).flat();
