import { createContext, createElement, type ReactNode, useContext } from "react";
import type { Taskroom } from "../client";

const Current = createContext<Taskroom | undefined>(undefined);

/**
 * Gives the hooks below it their client. Another client, as after a change of the token, closes what was
 * opened with the one before.
 */
export function TaskroomProvider(props: { client: Taskroom; children?: ReactNode }): ReactNode {
  return createElement(Current.Provider, { value: props.client }, props.children);
}

/** The client of the provider above. */
export function useTaskroom(): Taskroom {
  const client = useContext(Current);
  if (client) return client;
  throw new Error("There is no <TaskroomProvider client={…}> above the component that asks");
}
