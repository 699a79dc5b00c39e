import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../parts/button";
import { Page } from "../parts/page";

type Loaded = { board: ComponentType } | { failed: true } | undefined;

/** The board, whose charts are loaded with it alone. */
export function LazyBoard() {
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
    if (loaded) return;
    let current = true;
    import("./board-page").then(
      ({ BoardPage }) => current && setLoaded({ board: BoardPage }),
      () => current && setLoaded({ failed: true }),
    );
    return () => {
      current = false;
    };
  }, [loaded]);
  if (loaded && "board" in loaded) return <loaded.board />;
  return (
    <Page title="Board">
      {loaded ? (
        <div class="problem" role="alert">
          <p>
            The page could not be loaded. The server may be out of reach, or of a newer version.
          </p>
          <Button onClick={() => setLoaded(undefined)}>Try again</Button>
        </div>
      ) : (
        <p class="quiet">Loading…</p>
      )}
    </Page>
  );
}
