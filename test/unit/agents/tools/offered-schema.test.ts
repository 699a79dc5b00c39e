import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { offeredSchema } from "../../../../src/agents/tools/schema/offered-schema";
import { Unusable } from "../../../../src/agents/tools/schema/unusable";

const empty = { type: "object", properties: {} };
const name = { type: "string" };
const node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };

/** The schema of an object with one property. */
const having = (property: unknown) => ({ type: "object", properties: { p: property } });

describe("[T2] the schema of a tool's arguments is offered as every provider takes it", () => {
  it.each<[string, unknown, unknown]>([
    ["none", undefined, empty],
    ["null", null, empty],
    ["true", true, empty],
    ["without a type", { properties: { a: name } }, { ...empty, properties: { a: name } }],
    ["of an object, or null", { type: ["object", "null"] }, empty],
    ["with properties that are null", { type: "object", properties: null }, empty],
    ["with required that is null", { type: "object", required: null }, empty],
    ["of a dialect", { $schema: "http://json-schema.org/draft-07/schema#", $id: "a:b" }, empty],
    ["with keywords of somebody's own", { type: "object", "x-order": ["a"], $comment: "c" }, empty],
    [
      "with a reference at its root",
      { $ref: "#/definitions/Root", definitions: { Root: { type: "object", required: ["a"] } } },
      { ...empty, required: ["a"] },
    ],
    [
      "of all of several",
      { allOf: [{ properties: { a: name } }, { properties: { b: name }, required: ["b"] }] },
      { ...empty, properties: { a: name, b: name }, required: ["b"] },
    ],
    [
      "of the only one of several that an object can be",
      { anyOf: [{ type: "object", required: ["a"] }, { type: "string" }] },
      { ...empty, required: ["a"] },
    ],
  ])("%s", (_, given, schema) => {
    expect(offeredSchema(given)).toEqual({ schema });
  });

  it.each<[string, unknown, unknown]>([
    ["true", true, {}],
    ["null", null, {}],
    ["a list without items", { type: "array" }, { type: "array", items: {} }],
    ["items without a type", { items: name }, { type: "array", items: name }],
    [
      "a list by places, as it was written once",
      { type: "array", items: [name] },
      { type: "array", prefixItems: [name], items: {} },
    ],
    [
      "an open object",
      { type: "object", additionalProperties: {} },
      { type: "object", additionalProperties: true },
    ],
    [
      "a closed object",
      { type: "object", additionalProperties: false },
      { type: "object", additionalProperties: false },
    ],
    ["a description that is null", { type: "string", description: null }, name],
    ["a type of another language", { type: "int" }, { type: "integer" }],
    ["a type in capitals", { type: "STRING" }, name],
    ["a type that nobody knows", { type: "any" }, {}],
    ["types, one of which nobody knows", { type: ["string", "any"] }, {}],
    ["types", { type: ["string", "null"] }, { type: ["string", "null"] }],
    ["an empty enum", { type: "string", enum: [] }, name],
    ["an enum that repeats itself", { enum: ["a", "b", "a"] }, { enum: ["a", "b"] }],
    [
      "a limit as draft 4 has it",
      { type: "number", minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
      { type: "number", minimum: 1, exclusiveMinimum: 1, maximum: 9 },
    ],
    ["an empty anyOf", { type: "string", anyOf: [] }, name],
    [
      "a default that is null",
      { type: "string", default: null },
      { type: "string", default: null },
    ],
  ])("a property: %s", (_, property, offered) => {
    expect(offeredSchema(having(property)).schema).toEqual(having(offered));
  });

  it("a property that is forbidden is none", () => {
    expect(offeredSchema(having(false)).schema).toEqual(empty);
  });

  it("a property that says itself that it is required", () => {
    const given = having({ type: "string", required: true });
    expect(offeredSchema(given).schema).toEqual({ ...having(name), required: ["p"] });
  });

  it("one with references has what they stand for, with what stands beside them", () => {
    const given = {
      ...having({ $ref: "#/$defs/City", description: "Where" }),
      $defs: { City: { type: "string", description: "A city", enum: ["Rome"] } },
    };
    const city = { type: "string", description: "Where", enum: ["Rome"] };
    expect(offeredSchema(given).schema).toEqual(having(city));
  });

  it("a name with marks of its own is found by a reference", () => {
    const given = { ...having({ $ref: "#/$defs/a~1b%20c" }), $defs: { "a/b c": name } };
    expect(offeredSchema(given).schema).toEqual(having(name));
  });

  it("one that leads back to itself keeps its references, and what they point to", () => {
    const given = { $ref: "#/$defs/Node", $defs: { Node: node } };
    const { schema } = offeredSchema(given);
    expect(schema).toEqual({ ...node, $defs: { Node: node } });
  });

  it("one of several: all their properties, what all require, and the rest in words", () => {
    const anyOf = [
      { type: "object", properties: { id: name, at: name }, required: ["at", "id"] },
      { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
    ];
    const { schema, note } = offeredSchema({ type: "object", anyOf });
    expect(schema).toEqual({
      ...{ type: "object", required: ["id"] },
      properties: { id: { anyOf: [name, { type: "integer" }] }, at: name },
    });
    expect(note).toContain(JSON.stringify({ anyOf }));
  });

  it.each(["not", "if"])("a condition (%s) is told in words", (key) => {
    const given = { type: "object", [key]: { required: ["a"] } };
    const { schema, note } = offeredSchema(given);
    expect(schema).toEqual(empty);
    expect(note).toContain(key);
  });

  it("no key of it changes what objects are", () => {
    const given: unknown = JSON.parse('{"properties": {"__proto__": {"type": "string"}, "a": {}}}');
    const { schema } = offeredSchema(given);
    expect(Object.keys(Object(schema.properties))).toEqual(["a"]);
  });
});

describe("[T2] a tool is left out whose schema", () => {
  const deep = Array.from({ length: 200 }).reduce<object>((inner) => having(inner), {});
  const wide = Object.fromEntries(
    Array.from({ length: 14 }, (_, i) => [
      `d${i}`,
      { allOf: Array(2).fill({ $ref: `#/$defs/d${i + 1}` }) },
    ]),
  );

  it.each<[string, unknown, RegExp]>([
    ["is a text", "object", /is none/],
    ["is a list", [], /is none/],
    ["is false", false, /is none/],
    ["is that of a text", { type: "string" }, /not that of an object/],
    [
      "is that of a text or a number",
      { anyOf: [name, { type: "number" }] },
      /not that of an object/,
    ],
    ["refers to another document", having({ $ref: "https://a.example/b" }), /another document/],
    ["refers to a file", having({ $ref: "other.json#/a" }), /another document/],
    ["refers to nothing", having({ $ref: "#/$defs/Gone" }), /not in it/],
    ["refers to what objects have of their own", having({ $ref: "#/constructor" }), /not in it/],
    ["is nested without an end", deep, /too deep/],
    ["is very long", having({ type: "string", description: "x".repeat(70_000) }), /too large/],
  ])("%s", (_, given, why) => {
    expect(() => offeredSchema(given)).toThrow(why);
    expect(() => offeredSchema(given)).toThrow(Unusable);
  });

  it("is not the one whose references multiply: those are kept", () => {
    const given = { ...having({ $ref: "#/$defs/d0" }), $defs: { ...wide, d14: name } };
    expect(offeredSchema(given).schema).toMatchObject(having({ $ref: "#/$defs/d0" }));
  });
});

it("[T2] whatever a server sends for a schema: an object's without combinations at its root, or none", () => {
  const keyword = fc.constantFrom(
    ...[
      "type",
      "properties",
      "required",
      "anyOf",
      "allOf",
      "oneOf",
      "items",
      "enum",
      "$ref",
      "$defs",
    ],
    ...["not", "additionalProperties", "description", "definitions", "const", "x-a"],
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom("object", "string", "#", "#/$defs/a", true, false, null, 7),
      fc.dictionary(fc.oneof(keyword, fc.constantFrom("a", "b")), tie("schema"), { maxKeys: 5 }),
      fc.array(tie("schema"), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(schema, (given) => {
      try {
        const offered = offeredSchema(given).schema;
        expect(offered.type).toBe("object");
        expect(offered.properties).toBeTypeOf("object");
        for (const key of ["anyOf", "oneOf", "allOf", "not", "enum", "const"]) {
          expect(offered).not.toHaveProperty(key);
        }
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
