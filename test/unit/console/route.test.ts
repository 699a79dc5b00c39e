import { expect, it } from "vitest";
import { pathOf, type Route, routeOf } from "../../../src/console/routing/route";

const ROUTES: [string, Route][] = [
  ["/", { at: "home" }],
  ["/tasks/task_1", { at: "task", taskId: "task_1", view: "conversation" }],
  ["/tasks/task_1/logs", { at: "task", taskId: "task_1", view: "logs" }],
  ["/resources/bots", { at: "resources", collection: "bots" }],
  ["/resources/bots/new", { at: "new-resource", collection: "bots" }],
  [
    "/resources/teams/a%2Fb%20c/name",
    { at: "resource", collection: "teams", namespace: "a/b c", name: "name" },
  ],
  ["/webhooks", { at: "webhooks" }],
  ["/webhooks/hook_1", { at: "webhook", webhookId: "hook_1" }],
  ["/usage", { at: "usage" }],
  ["/board", { at: "board" }],
  ["/search", { at: "search" }],
];

it.each(ROUTES)("%s leads to a page and back", (path, route) => {
  expect(routeOf(path)).toEqual(route);
  expect(pathOf(route)).toBe(path);
});

it.each([
  "/nonsense",
  "/tasks/task_1/nonsense",
  "/resources/nonsense",
  "/usage/more",
  "/search/more",
  "/%zz",
])("%s is nowhere", (path) => {
  expect(routeOf(path)).toEqual({ at: "nowhere" });
});

it("a message to look at is behind the #: it makes no other page", () => {
  const route: Route = { at: "task", taskId: "task_1", view: "conversation", message: "msg_1" };
  expect(pathOf(route)).toBe("/tasks/task_1#msg_1");
});

it("words to find are a query, which is no part of the page", () => {
  expect(pathOf({ at: "search", q: "a&b c" })).toBe("/search?q=a%26b+c");
  expect(pathOf({ at: "search", q: "" })).toBe("/search");
});
