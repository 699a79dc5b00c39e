import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { Face, Group, Via } from "../../operations/operation";
import type { AppEnv, ErrorsAs } from "../context";
import { authentication } from "../middleware/authentication";
import { crossOrigin } from "../middleware/cross-origin";
import { rateLimit } from "../middleware/rate-limit";
import { scopeOfMethod } from "../middleware/scope";
import type { Handlers } from "./handler";
import { type Served, serve } from "./serve";

/** A face with what answers it. */
export type ServedFace = {
  below: readonly string[];
  via: Via;
  errorsAs: ErrorsAs;
  operations: readonly Served[];
};

type Answers<Groups extends Record<string, Group>> = {
  /** How this protocol says that a request is refused, whatever refuses it. */
  errorsAs: ErrorsAs;
  handlers: { [Name in keyof Groups]: Handlers<Groups[Name]> };
};

/** Puts its handler to every operation of a face. */
export function served<Groups extends Record<string, Group>>(
  { below, via, groups }: Face<Groups>,
  { errorsAs, handlers }: Answers<NoInfer<Groups>>,
): ServedFace {
  const operations: Served[] = [];
  for (const name in groups) {
    operations.push(...servedGroup<Groups[typeof name]>(groups[name], handlers[name]));
  }
  return { below, via, errorsAs, operations };
}

function servedGroup<G extends Group>(group: G, handlers: Handlers<NoInfer<G>>): Served[] {
  const operations: Served[] = [];
  for (const name in group) operations.push(serve(group[name], handlers[name]));
  return operations;
}

/** Lets an app answer a face's operations, and whatever else is asked for below its paths. */
export function mount(app: Hono<AppEnv>, face: ServedFace): void {
  const { below, via, errorsAs, operations } = face;
  const inItsForm = createMiddleware<AppEnv>(async (c, next) => {
    c.set("errorsAs", errorsAs);
    c.set("via", via);
    await next();
  });
  for (const path of below) app.use(`${path}/*`, inItsForm, crossOrigin);
  for (const { operation, handlers } of operations) {
    app.on(operation.method.toUpperCase(), routeOf(operation.path), inItsForm, ...handlers);
  }
  // Past all operations: a stranger is not told what there is and what not.
  for (const path of below) app.use(`${path}/*`, authentication, rateLimit, scopeOfMethod);
}

/** A path of the table as the router writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\+?)(\w+)\}/g, (_, spans, name) => `:${name}${spans && "{.+}"}`);
}
