import type { SEARCH } from "../../operations/rest/search";
import { searchOwnTasks } from "../rooms/own-tasks";
import type { Handlers } from "../serving/handler";

export const search: Handlers<typeof SEARCH> = {
  find: ({ c, query }) => searchOwnTasks(c, query),
};
