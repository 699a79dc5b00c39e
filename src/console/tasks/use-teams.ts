import { useResourceNames } from "../resources/use-resource-names";

/** Teams that the user may give a task to. */
export function useTeams() {
  return useResourceNames("teams").names;
}
