import { useEffect, useState } from "preact/hooks";
import { decoded, pathOf, type Route, routeOf } from "./route";

const MOVED = "taskroom:moved";

export function navigate(route: Route, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", pathOf(route));
  dispatchEvent(new Event(MOVED));
}

/** The route of the address, as it changes. */
export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => whenMoved(() => setPath(location.pathname)), []);
  return routeOf(path);
}

/** What the address names behind its `#`: another object each time that one goes there, or there again. */
export function useFragment(): { id: string } {
  const [fragment, setFragment] = useState(fragmentOf);
  useEffect(() => whenMoved(() => setFragment(fragmentOf)), []);
  return fragment;
}

function fragmentOf(): { id: string } {
  return { id: decoded(location.hash.slice(1)) };
}

function whenMoved(look: () => void): () => void {
  addEventListener("popstate", look);
  addEventListener(MOVED, look);
  return () => {
    removeEventListener("popstate", look);
    removeEventListener(MOVED, look);
  };
}
