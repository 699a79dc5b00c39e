import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { FILES } from "../../operations/files";
import { refuse } from "../../protocol/errors";
import type { AppContext, AppEnv } from "../context";
import { RefusedRequest } from "../problem";

type App = Hono<AppEnv>;

/** Served as files, which the router does not know. */
const FILE_PATHS: ReadonlySet<string> = new Set(Object.values(FILES).map(({ path }) => path));
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/** Paths below which, as below those of a face, a browser finds no page either. */
const NO_PAGES = /^\/(?:v\d+|\.well-known|assets)(?:\/|$)/;

/**
 * Answers where no route does: 405 with `Allow` where another method has one, else the console for a
 * person who opens a page, else 404. Throws the refusals.
 */
export async function unknownPath(app: App, c: AppContext): Promise<Response> {
  const { path } = c.req;
  const allowed = methodsAt(app, path);
  if (allowed.length > 0) throw wrongMethod(c.req.method, allowed);
  const straight = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : undefined;
  const isKnown = straight !== undefined && methodsAt(app, straight).length > 0;
  // The API has one address for each thing: what is meant there is said, not guessed.
  if (isKnown && isReading(c) && hasPages(c))
    return c.redirect(straight + new URL(c.req.url).search, 308);
  if (opensPage(c)) return console(c);
  const hint = isKnown ? ", but without the slash at its end there is something" : "";
  throw new RefusedRequest(refuse("not_found", `There is nothing at this path${hint}`));
}

/** Answers OPTIONS (RFC 9110, section 9.3.7) but for preflights, which are `crossOrigin`'s. */
export function options(app: () => App) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const isPreflight = c.req.header("Access-Control-Request-Method") !== undefined;
    const allowed = c.req.method === "OPTIONS" ? methodsAt(app(), c.req.path) : [];
    if (isPreflight || allowed.length === 0) return next();
    return c.body(null, 204, { Allow: allowed.join(", ") });
  });
}

/** What routes, not middleware, serve at a path; HEAD goes with GET, OPTIONS with any. */
function methodsAt(app: App, path: string): string[] {
  if (FILE_PATHS.has(path)) return ["GET", "HEAD", "OPTIONS"];
  const found = METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL"),
  );
  const withHead = found.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return found.length > 0 ? [...withHead, "OPTIONS"] : [];
}

/** The contract's codes have none of its own for this, so the request is what is not valid. */
function wrongMethod(method: string, allowed: string[]): RefusedRequest {
  const list = allowed.join(", ");
  const issues = [{ path: "method", message: `this path takes ${list}` }];
  const refusal = refuse("invalid_request", `This path does not take ${method}`, { issues });
  return new RefusedRequest(refusal, { status: 405, headers: { Allow: list } });
}

function isReading(c: AppContext): boolean {
  return c.req.method === "GET" || c.req.method === "HEAD";
}

/** Browsers name HTML when a person goes somewhere; scripts, tools and pages' own requests don't. */
function opensPage(c: AppContext): boolean {
  const accepts = (c.req.header("Accept") ?? "").toLowerCase().includes("text/html");
  return isReading(c) && accepts && hasPages(c);
}

function hasPages(c: AppContext): boolean {
  return c.var.errorsAs === undefined && !NO_PAGES.test(c.req.path);
}

/** The console's page, which finds out by its address what to show. */
async function console(c: AppContext): Promise<Response> {
  const page = await c.env.ASSETS.fetch(new Request(new URL("/", c.req.url), c.req.raw));
  const answer = new Response(page.body, page);
  answer.headers.append("Vary", "Accept");
  return answer;
}
