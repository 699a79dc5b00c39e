import { searchMessages } from "../../protocol/rest/search";
import type { Group } from "../operation";

export const SEARCH = {
  find: {
    id: "searchMessages",
    tag: "Search",
    method: "get",
    path: "/api/v1/search",
    summary: "Find messages in your tasks",
    scope: "read",
    query: searchMessages,
    status: 200,
  },
} as const satisfies Group;
