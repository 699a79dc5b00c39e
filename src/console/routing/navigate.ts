import { useEffect, useState } from "preact/hooks";
import { pathOf, type Route, routeOf } from "./route";

const MOVED = "taskroom:moved";

export function navigate(route: Route, { replace = false } = {}): void {
  history[replace ? "replaceState" : "pushState"](null, "", pathOf(route));
  dispatchEvent(new Event(MOVED));
}

/** The route of the address, as it changes. */
export function useRoute(): Route {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const look = () => setPath(location.pathname);
    addEventListener("popstate", look);
    addEventListener(MOVED, look);
    return () => {
      removeEventListener("popstate", look);
      removeEventListener(MOVED, look);
    };
  }, []);
  return routeOf(path);
}
