import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Board, BoardPanel } from "../../protocol/operator/board";
import { CHART_HEIGHT, dataOf, optionsOf } from "./chart-options";
import type { Colours } from "./colours";
import { WORDS } from "./words";

type Props = {
  panel: BoardPanel;
  board: Board;
  colours: Colours;
  onIndex: (index: number | undefined) => void;
};

/** A picture of a panel; what it shows is in the table beside it. */
export function Chart({ panel, board, colours, onIndex }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = place.current;
    if (!node) return;
    const { bucketMs } = board;
    const width = node.clientWidth;
    const options = optionsOf({ panel, bucketMs, width, colours, onIndex });
    const chart = new uPlot(options, dataOf(panel, board), node);
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: node.clientWidth, height: CHART_HEIGHT }),
    );
    watch.observe(node);
    return () => {
      watch.disconnect();
      chart.destroy();
      onIndex(undefined);
    };
  }, [panel, board, colours, onIndex]);
  const label = `${WORDS[panel.id].title}, a chart; its values are in the table below.`;
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}
