import { useCallback, useEffect, useState } from "preact/hooks";
import type { TaskroomError } from "../../client";
import type { Board, BoardWindow } from "../../protocol/operator/board";
import { EXPIRED, useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";

/** Milliseconds after which the board is read anew: of an hour something has changed by then. */
const AGAIN_MS = 30_000;

export type BoardState = {
  board: Board | undefined;
  /** Why the last read failed; what was read before it is still there. */
  error: TaskroomError | undefined;
  reload: () => void;
};

/** The board of a window, read again and again while the page is seen. */
export function useBoard(window: BoardWindow): BoardState {
  const { client, signOut } = useAccount();
  const [board, setBoard] = useState<Board>();
  const [error, setError] = useState<TaskroomError>();
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((times) => times + 1), []);

  // `asked` counts what is to be read again.
  useEffect(() => {
    let current = true;
    client.request<Board>("GET", "/board", { query: { window } }).then(
      (read) => {
        if (!current) return;
        setError(undefined);
        setBoard(read);
      },
      (failure) => {
        const known = asTaskroomError(failure);
        if (known.code === "unauthorized") signOut(EXPIRED);
        else if (current) setError(known);
      },
    );
    return () => {
      current = false;
    };
  }, [client, window, asked, signOut]);

  const isRefused = error?.code === "forbidden";
  useEffect(() => {
    if (isRefused) return;
    const timer = setInterval(() => document.hidden || reload(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isRefused, reload]);

  return { board: board?.window === window ? board : undefined, error, reload };
}
