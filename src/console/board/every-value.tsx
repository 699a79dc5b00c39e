import { useState } from "preact/hooks";
import type { Board, BoardPanel } from "../../protocol/operator/board";
import { partText } from "./times";
import { nameOf, shown, WORDS } from "./words";

type Props = { panel: BoardPanel; board: Board };

/** All that the chart shows, the newest first; made when somebody wants to read it. */
export function EveryValue({ panel, board }: Props) {
  const [open, setOpen] = useState(false);
  const { title } = WORDS[panel.id];
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Every value<span class="sr-only"> of {title}</span>
      </summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it by its focus
        <section class="every-value" tabIndex={0} aria-label={`Every value of ${title}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {panel.lines.map((line) => (
                  <th key={line.name} scope="col">
                    {nameOf(panel.id, line)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{board.times.map((time, i) => row({ panel, board }, time, i)).reverse()}</tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function row({ panel, board }: Props, time: string, index: number) {
  return (
    <tr key={time}>
      <th scope="row">{partText(board, index)}</th>
      {panel.lines.map(({ name, values }) => (
        <td key={name}>{shown(values[index] ?? null, panel.unit, name)}</td>
      ))}
    </tr>
  );
}
