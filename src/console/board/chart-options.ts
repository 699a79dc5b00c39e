import uPlot from "uplot";
import type { BoardPanel, Unit } from "../../protocol/operator/board";
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
const DAY_MS = 24 * 60 * 60_000;

/** How a panel is drawn: what is measured as points and lines, all else as steps. */
export function optionsOf({ panel, bucketMs, width, colours, onIndex }: Asked): uPlot.Options {
  const isMeasured = WORDS[panel.id].kind === "measured";
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height: CHART_HEIGHT,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { setScale: false } },
    scales: { y: { range: (_, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [timeAxis(colours, bucketMs), valueAxis(colours, panel.unit)],
    series: [
      {},
      ...panel.lines.map((line, i) => ({
        label: nameOf(panel.id, line),
        width: 1.75,
        ...strokeOf(colours, i),
        ...(!isMeasured && steps && { paths: steps }),
        points: { show: isMeasured, size: 5 },
        spanGaps: isMeasured,
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onIndex(cursor.idx ?? undefined)] },
  };
}

/** Times in seconds since 1970, then each line's values. */
export function dataOf({ lines }: BoardPanel, times: readonly string[]): uPlot.AlignedData {
  return [times.map((time) => Date.parse(time) / 1000), ...lines.map(({ values }) => values)];
}

function timeAxis({ text, grid }: Colours, bucketMs: number): uPlot.Axis {
  const isLong = bucketMs * 100 > DAY_MS;
  const format = new Intl.DateTimeFormat(
    undefined,
    isLong ? { weekday: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" },
  );
  return {
    stroke: text,
    font: FONT,
    space: 70,
    grid: { show: false },
    ticks: { stroke: grid, size: 4 },
    ...(isLong && { incrs: [DAY_MS / 1000, (2 * DAY_MS) / 1000] }),
    values: (_, splits) => splits.map((seconds) => format.format(seconds * 1000)),
  };
}

function valueAxis({ text, grid }: Colours, unit: Unit): uPlot.Axis {
  return {
    stroke: text,
    font: FONT,
    size: 58,
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
