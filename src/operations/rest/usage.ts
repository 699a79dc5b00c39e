import type { Group } from "../operation";

export const USAGE = {
  read: {
    id: "getUsage",
    tag: "Usage",
    method: "get",
    path: "/api/v1/usage",
    summary: "What you have used",
    scope: "read",
    status: 200,
  },
} as const satisfies Group;
