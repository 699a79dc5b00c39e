import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./button";
import { Page } from "./page";

type Props = { title: string; load: () => Promise<ComponentType> };
type Loaded = { page: ComponentType } | { failed: true } | undefined;

/** A page whose code is loaded with it alone. `load` must be the same each time. */
export function LazyPage({ title, load }: Props) {
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
    if (loaded) return;
    let current = true;
    load().then(
      (page) => current && setLoaded({ page }),
      () => current && setLoaded({ failed: true }),
    );
    return () => {
      current = false;
    };
  }, [loaded, load]);
  if (loaded && "page" in loaded) return <loaded.page />;
  return (
    <Page title={title}>
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
