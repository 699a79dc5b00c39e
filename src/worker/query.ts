import type * as z from "zod";
import { refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { REPEATABLE } from "../protocol/rest/page";
import { RefusedRequest } from "./problem";

const repeatable: ReadonlySet<string> = new Set(REPEATABLE);

/** By its own spelling, as many clients write lists, or because this service has it as one. */
function isList(name: string): boolean {
  return repeatable.has(name) || name.endsWith("[]");
}

/**
 * A request's query through its schema. Throws `invalid_request` with issues for unknown names,
 * for repeated ones that are no list, and for values out of range: nothing is clamped or ignored.
 */
export function readQuery<T>(request: Request, schema: z.ZodType<T>): T {
  const { searchParams } = new URL(request.url);
  const names = new Set(searchParams.keys());
  const repeated = [...names].filter(
    (name) => !isList(name) && searchParams.getAll(name).length > 1,
  );
  const values = Object.fromEntries(
    [...names].map((name) => [
      name,
      isList(name) ? searchParams.getAll(name) : searchParams.get(name),
    ]),
  );
  const parsed = schema.safeParse(values);
  const issues = [
    ...repeated.map((path) => ({ path, message: "given more than once" })),
    ...(parsed.success ? [] : issuesOf(parsed.error)),
  ];
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new RefusedRequest(refuse("invalid_request", "The query is not valid", { issues }));
}
