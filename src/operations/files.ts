import type { Group } from "./operation";

/** Files of the site: the platform answers with them, and the worker is not asked. */
export const FILES = {
  openapi: {
    id: "openapi",
    tag: "Service",
    method: "get",
    path: "/openapi.json",
    summary: "This description",
    scope: "open",
    status: 200,
    media: "application/json",
  },
  asyncapi: {
    id: "asyncapi",
    tag: "Service",
    method: "get",
    path: "/asyncapi.json",
    summary: "The description of the sockets",
    scope: "open",
    status: 200,
    media: "application/json",
  },
  docs: {
    id: "docs",
    tag: "Service",
    method: "get",
    path: "/docs",
    summary: "Both descriptions, for reading",
    scope: "open",
    status: 200,
    media: "text/html",
  },
} as const satisfies Group;
