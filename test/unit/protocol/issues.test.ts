import { describe, expect, it } from "vitest";
import * as z from "zod";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { COMMANDS } from "../../../src/api-docs/sockets/commands";
import { command } from "../../../src/protocol/commands";
import { issuesOf } from "../../../src/protocol/issues";
import { anyRef } from "../../../src/protocol/refs";
import { listMessages } from "../../../src/protocol/rest/list-messages";
import { listTasks } from "../../../src/protocol/rest/list-tasks";
import { createResource } from "../../../src/resources/bodies";

/** What nobody means, of every kind of JSON. */
const JUNK = [null, true, -7.5, "", "a b", "a/b/c/", "\u0000", [], [null], {}, { unknown: 1 }];

type Json = z.core.JSONSchema.BaseSchema;
type Change = { at: string[]; value: unknown };

/** One value of a schema with every field that it has; not valid, but of the right shape. */
function shape(schema: Json, form: number): unknown {
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return shape(forms[form % forms.length] as Json, form);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.type === "array") return [shape((schema.items ?? {}) as Json, form)];
  if (schema.type === "object") {
    const named = Object.entries(schema.properties ?? {});
    const fields = named.map(([name, field]) => [name, shape(field as Json, form)]);
    const open = typeof schema.additionalProperties === "object" && schema.additionalProperties;
    return Object.fromEntries(open ? [...fields, ["any", shape(open as Json, form)]] : fields);
  }
  return "text";
}

/** Every place in a value, with everything that can be wrong there. */
function* changes(value: unknown, at: string[] = []): Generator<Change> {
  for (const junk of JUNK) yield { at, value: junk };
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    yield { at: [...at, name], value: undefined };
    yield* changes(inner, [...at, name]);
  }
  yield { at: [...at, "initialDelayMs"], value: 5 };
}

function changed(value: unknown, { at: [first, ...rest], value: wanted }: Change): unknown {
  if (first === undefined) return wanted;
  if (Array.isArray(value)) {
    const inner = (item: unknown) => changed(item, { at: rest, value: wanted });
    return value.map((item, i) => (String(i) === first ? inner(item) : item));
  }
  const entries = Object.entries(value ?? {}).filter(([name]) => name !== first);
  const inner = changed((value as Record<string, unknown>)[first], { at: rest, value: wanted });
  return Object.fromEntries(inner === undefined ? entries : [...entries, [first, inner]]);
}

/** Whether what is wrong with a value is told so that its writer can mend it. */
function check(schema: z.ZodType, value: unknown): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  const issues = issuesOf(parsed.error);
  expect(issues.length).toBeGreaterThan(0);
  for (const { path, message } of issues) {
    expect(message, JSON.stringify(value)).not.toMatch(/^(Invalid input|)$/);
    expect(message.length).toBeLessThanOrEqual(300);
    const isFields = typeof value === "object" && value !== null && !Array.isArray(value);
    const choosesForm = message.startsWith("write {");
    if (isFields && !choosesForm) expect(path, JSON.stringify([value, message])).not.toBe("");
  }
}

/** Three shapes reach every form of the unions that bodies have. */
function walk(schema: z.ZodType, json: Json): number {
  let seen = 0;
  for (const form of [0, 1, 2]) {
    const whole = shape(json, form);
    for (const change of changes(whole)) {
      check(schema, changed(whole, change));
      seen++;
    }
  }
  return seen;
}

const inline = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as Json;

describe("whatever is wrong with a request is told at its field, in words", () => {
  const bodies = OPERATIONS.flatMap(({ id, body }) => (body ? [[id, body.schema] as const] : []));
  it.each(bodies)("the body of %s", (_id, schema) => {
    expect(walk(schema, inline(schema))).toBeGreaterThan(30);
  });

  const queries = OPERATIONS.flatMap(({ id, query }) => (query ? [[id, query] as const] : []));
  it.each(queries)("the query of %s", (_id, schema) => {
    expect(walk(schema, inline(schema))).toBeGreaterThan(30);
  });

  it.each(Object.keys(COMMANDS))("the frame %s", (type) => {
    const forms = inline(command).oneOf ?? inline(command).anyOf ?? [];
    const own = forms.find((form) => JSON.stringify(form).includes(`"const":"${type}"`));
    expect(own).toBeDefined();
    walk(command, own as Json);
    check(command, { type: `${type}x`, data: {} });
  });
});

describe("references", () => {
  it.each<[unknown]>([
    ["assistant"],
    [""],
    ["/"],
    ["/assistant"],
    ["system/"],
    ["system/Assistant"],
    [{ name: "assistant" }],
    [{ namespace: "system" }],
    [["system", "assistant"]],
    [7],
    [null],
  ])("%j: the form that is wanted is named, at the field", (written) => {
    const bot = { metadata: { name: "b" }, spec: { ghostRef: written } };
    const issues = issuesOf(createResource.Bot.safeParse(bot).error ?? new z.ZodError([]));
    expect(issues).toEqual([
      { path: "spec.ghostRef", message: expect.stringContaining('"namespace/name"') },
    ]);
  });

  it.each([
    ["system/assistant", { namespace: "system", name: "assistant" }],
    ["auth0|a/b/helper", { namespace: "auth0|a/b", name: "helper" }],
  ])("%s is one", (text, expected) => {
    expect(anyRef.parse(text)).toEqual(expected);
    expect(anyRef.parse(expected)).toEqual(expected);
  });
});

describe("unions", () => {
  const told = (schema: z.ZodType, value: unknown) =>
    issuesOf(schema.safeParse(value).error ?? new z.ZodError([]));
  const team = (member: object) => ({
    metadata: { name: "t" },
    spec: { collaboration: "solo", members: [{ role: "a", botRef: "system/a", ...member }] },
  });
  const at = "spec.members.0";
  const REF = { namespace: "system", name: "a" };

  it.each<[string, object, string, RegExp]>([
    ["a word that is none", { onFailure: "retry" }, "onFailure", /"abort", "continue"/],
    ["none of the forms", { onFailure: {} }, "onFailure", /fallback/],
    ["a form that is meant", { onFailure: { fallback: "x" } }, "onFailure.fallback", /namespace/],
    ["the other form", { onFailure: { rollbackTo: 7 } }, "onFailure.rollbackTo", /string/],
    ["a reference's", { botRef: { ...REF, kind: "Bot" } }, "botRef.kind", /no such field/],
    ["a field too many", { retry: { initialDelayMs: 5 } }, "retry.initialDelayMs", /no such field/],
  ])("%s", (_name, member, path, message) => {
    const issues = told(createResource.Team, team(member));
    expect(issues).toEqual([{ path: `${at}.${path}`, message: expect.stringMatching(message) }]);
  });

  it("a schema's own union without words gets those of its forms", () => {
    const either = z.object({ a: z.union([z.literal("x"), z.object({ b: z.int() }), z.int()]) });
    expect(told(either, { a: { b: "no" } })).toEqual([
      { path: "a.b", message: expect.stringContaining("expected number") },
    ]);
    const [issue] = told(either, { a: null });
    expect(issue).toEqual({ path: "a", message: expect.stringMatching(/"x".*; or: .*object/) });
  });

  it("a name in a record is told where it stands", () => {
    const body = { metadata: { name: "s" }, spec: { runtime: "http", headers: { "a b": "c" } } };
    expect(told(createResource.Shell, body)).toEqual([
      { path: "spec.headers.a b", message: "the name: not a header's name" },
    ]);
  });

  it.each([
    [listTasks, { team: "assistant" }, "team"],
    [listMessages, { taskId: "t", before: "x", after: "y" }, "before"],
  ])("queries too", (schema, query, path) => {
    expect(told(schema, query).map((issue) => issue.path)).toContain(path);
  });
});
