import type { Collection } from "../../client";

export const COLLECTIONS: readonly Collection[] = ["teams", "bots", "ghosts", "models", "shells"];
export const ROOM_VIEWS = ["conversation", "steps", "logs"] as const;
export type RoomView = (typeof ROOM_VIEWS)[number];
const PAGES = ["webhooks", "keys", "sessions", "usage", "notifications", "board"] as const;
export type PageName = (typeof PAGES)[number];

/** What the address says; it never holds a token. */
export type Route =
  | { at: "home" }
  /** `message`: the one to look at. The address has it behind `#`, so that it makes no other page. */
  | { at: "task"; taskId: string; view: RoomView; message?: string }
  | { at: "resources"; collection: Collection }
  | { at: "resource"; collection: Collection; namespace: string; name: string }
  | { at: "new-resource"; collection: Collection }
  | { at: "webhook"; webhookId: string }
  /** `q`: the words to find. The page itself reads them, and changes them as one types. */
  | { at: "search"; q?: string }
  | { at: PageName }
  | { at: "nowhere" };

export function routeOf(path: string): Route {
  const [first, ...rest] = path.split("/").filter(Boolean).map(decoded);
  if (first === undefined) return { at: "home" };
  if (first === "tasks") return taskRoute(rest);
  if (first === "resources") return resourceRoute(rest);
  if (first === "webhooks" && rest[0]) return { at: "webhook", webhookId: rest[0] };
  if (first === "search" && rest.length === 0) return { at: "search" };
  const page = PAGES.find((name) => name === first);
  return page && rest.length === 0 ? { at: page } : { at: "nowhere" };
}

function taskRoute([taskId, name = "conversation"]: string[]): Route {
  if (taskId === undefined) return { at: "home" };
  const view = ROOM_VIEWS.find((known) => known === name);
  return view ? { at: "task", taskId, view } : { at: "nowhere" };
}

function resourceRoute([first = "teams", namespace, name]: string[]): Route {
  const collection = COLLECTIONS.find((known) => known === first);
  if (!collection) return { at: "nowhere" };
  if (namespace === undefined) return { at: "resources", collection };
  if (name === undefined) {
    return namespace === "new" ? { at: "new-resource", collection } : { at: "nowhere" };
  }
  return { at: "resource", collection, namespace, name };
}

export function pathOf(route: Route): string {
  switch (route.at) {
    case "home":
    case "nowhere":
      return "/";
    case "task":
      return taskPath(route);
    case "resources":
      return joined("resources", route.collection);
    case "new-resource":
      return joined("resources", route.collection, "new");
    case "resource":
      return joined("resources", route.collection, route.namespace, route.name);
    case "webhook":
      return joined("webhooks", route.webhookId);
    case "search":
      return route.q ? `/search?${new URLSearchParams({ q: route.q })}` : "/search";
    default:
      return joined(route.at);
  }
}

function taskPath({ taskId, view, message }: Extract<Route, { at: "task" }>): string {
  const path = joined("tasks", taskId, ...(view === "conversation" ? [] : [view]));
  return message === undefined ? path : `${path}#${encodeURIComponent(message)}`;
}

function joined(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** As it is, where it is no encoding of anything. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
