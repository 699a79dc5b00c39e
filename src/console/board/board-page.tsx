import { useState } from "preact/hooks";
import type { Board, BoardWindow } from "../../protocol/operator/board";
import { Page } from "../parts/page";
import { Problem } from "../parts/problem";
import "./board.css";
import { useColours } from "./colours";
import { Headline } from "./headline";
import { Panel } from "./panel";
import { useBoard } from "./use-board";
import { SECTIONS } from "./words";

const WINDOWS: { window: BoardWindow; text: string }[] = [
  { window: "hour", text: "Hour" },
  { window: "day", text: "Day" },
  { window: "week", text: "Week" },
];

/** What the service does, for who runs it. */
export function BoardPage() {
  const [window, setWindow] = useState<BoardWindow>("hour");
  const { board, error, reload } = useBoard(window);
  if (error?.code === "forbidden") return <ForAdmins />;
  return (
    <Page
      title="Board"
      intro="What the whole service has done, over all tasks. Counted as well as can be; usage is counted exactly."
      actions={<WindowPick window={window} onPick={setWindow} />}
    >
      <Problem error={error} onRetry={reload} />
      {!board && !error && <p class="quiet">Loading…</p>}
      {board && <Sections board={board} />}
    </Page>
  );
}

function ForAdmins() {
  return (
    <Page title="Board">
      <p>
        The board shows the whole service, and is for those who run it: the token that you are
        signed in with does not have the scope <code>admin</code>.
      </p>
      <p class="quiet">
        Who has the server's secret makes one that does, and signs in with it:{" "}
        <code>npm run token -- --sub NAME --scope admin</code>. An API key of scope{" "}
        <code>admin</code> works as well.
      </p>
    </Page>
  );
}

type PickProps = { window: BoardWindow; onPick: (window: BoardWindow) => void };

function WindowPick({ window, onPick }: PickProps) {
  return (
    <fieldset class="window-pick">
      <legend class="sr-only">Over the last</legend>
      {WINDOWS.map(({ window: one, text }) => (
        <button
          key={one}
          type="button"
          class="button"
          aria-pressed={one === window}
          onClick={() => onPick(one)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}

function Sections({ board }: { board: Board }) {
  const colours = useColours();
  const { asked, missing } = board.shards;
  return (
    <>
      {missing > 0 && (
        <p class="notice" role="status">
          {missing} of {asked} shards that count gave no answer: there was more than is shown.
        </p>
      )}
      <Headline board={board} />
      {SECTIONS.map(({ title, panels }) => (
        <section key={title} class="board-section">
          <h2>{title}</h2>
          <div class="panels">
            {board.panels
              .filter(({ id }) => panels.includes(id))
              .map((panel) => (
                <Panel key={panel.id} panel={panel} board={board} colours={colours} />
              ))}
          </div>
        </section>
      ))}
    </>
  );
}
