import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { exampleTarget } from "../../../src/api-docs/page/curl";
import { FACES } from "../../../src/operations/faces";
import { FILES } from "../../../src/operations/files";
import { type Operation, operationsOf } from "../../../src/operations/operation";
import { appWith } from "../../../src/worker/app";

const served = Object.values(FACES).flatMap(operationsOf);
const all: Operation[] = [...served, ...Object.values(FILES)];
const named = all.map((operation): [string, Operation] => [operation.id, operation]);

describe("every operation of the table", () => {
  it("is described, once", () => {
    expect(OPERATIONS.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it("has a method and a path that no other has", () => {
    const shapes = all.map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{\+?\w+\}/g, "{}")}`,
    );
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it.each(named)("%s has a schema for each parameter of its path", (_id, { path, params = {} }) => {
    const names = [...path.matchAll(/\{\+?(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params)).toEqual(names);
  });

  it.each(named)("%s has the status that fits", (_id, { status, upgrade, method, body }) => {
    expect(status === 101).toBe(upgrade === true);
    if (method === "get") expect(body).toBeUndefined();
  });

  it.each(named)("%s needs more than `read` where it changes something", (id, operation) => {
    // Whoever may read may join a room, and so have a session for that. What the methods of A2A and the
    // tools of MCP take is said by each.
    const joins = ["createSession", "recoverSession", "copilotKitConnect"];
    const mayRead = [...joins, "a2aCall", "mcpMessage"].includes(id);
    if (operation.method !== "get" && !mayRead) {
      expect(["write", "admin"]).toContain(operation.scope);
    }
  });
});

describe("the worker's router", () => {
  const { router } = appWith([]);

  it.each(served.map((operation): [string, Operation] => [operation.id, operation]))(
    "leads to %s, past no other operation",
    (id, { method, path }) => {
      const described = OPERATIONS.find((operation) => operation.id === id);
      const [target = ""] = described ? exampleTarget(described).split("?") : [];
      const [found] = router.match(method.toUpperCase(), target);
      const routes = found.map(([[, route]]) => route).filter(({ method: of }) => of !== "ALL");
      const paths = routes.map((route) => route.path.replaceAll(/:(\w+)(?:\{\.\+\})?/g, "{$1}"));
      expect(new Set(paths)).toEqual(new Set([path.replaceAll("{+", "{")]));
    },
  );
});
