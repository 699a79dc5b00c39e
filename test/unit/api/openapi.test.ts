import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { openApi } from "../../../src/api-docs/openapi";
import { type DescribedOperation, errorsOf } from "../../../src/api-docs/operation";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { ERRORS, problem } from "../../../src/protocol/errors";
import { at, checkerOf, isNode } from "./json-schema-check";

const document = openApi();
const check = checkerOf(document);
const named = OPERATIONS.map((operation): [string, DescribedOperation] => [
  operation.id,
  operation,
]);

describe("the OpenAPI document", () => {
  it("is valid to a public validator", async () => {
    const validator = new Validator();
    const result = await validator.validate(JSON.parse(JSON.stringify(document)));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  it("names no reference that is not there, and no component in vain", () => {
    const text = JSON.stringify(document);
    const used = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    for (const path of used) expect(at(document, ...path.split("/")), path).toBeDefined();
    for (const id of Object.keys(document.components.schemas)) {
      expect(used).toContain(`components/schemas/${id}`);
    }
  });

  it("keeps what cannot be said in a schema out of it", () => {
    const text = JSON.stringify(document);
    for (const leak of ["9007199254740991", "~standard", '"$schema"', '"$id"']) {
      expect(text).not.toContain(leak);
    }
  });
});

describe("every operation", () => {
  it.each(named)("%s has an id of its own, a summary, and meaningful parameters", (id) => {
    expect(OPERATIONS.filter((operation) => operation.id === id)).toHaveLength(1);
    const operation = OPERATIONS.find((item) => item.id === id);
    const described = at(document, "paths", operation?.path ?? "", operation?.method ?? "");
    expect(at(described, "summary")).toMatch(/^[A-Z].*[^.]$/);
    const parameters = at(described, "parameters");
    const names = (operation?.path.match(/\{\w+\}/g) ?? []).map((name) => name.slice(1, -1));
    const list = Array.isArray(parameters) ? parameters.filter((item) => !("$ref" in item)) : [];
    expect(list.filter((item) => item.in === "path").map(({ name }) => name)).toEqual(names);
    for (const item of list) expect(item.description, item.name).not.toBe("");
  });

  it.each(named)(
    "%s: its examples are valid, to its own schema and to the document's",
    (_id, op) => {
      const described = at(document, "paths", op.path, op.method);
      for (const content of [op.body, op.answer.json]) {
        if (content) expect(content.schema.safeParse(content.example).error).toBeUndefined();
      }
      const body = at(described, "requestBody", "content", "application/json");
      const answer = at(described, "responses", String(op.answer.status), "content");
      const parameters = at(described, "parameters");
      const others = isNode(answer) ? Object.values(answer) : [];
      for (const item of [body, ...others, ...(Array.isArray(parameters) ? parameters : [])]) {
        if (!isNode(item) || item.example === undefined) continue;
        expect(check(item.schema, item.example), JSON.stringify(item.example)).toBe("");
      }
    },
  );
});

it("every problem's example is a problem, and valid", () => {
  const problems = Object.values(document.components.responses).flatMap(
    ({ content }) => content?.["application/problem+json"] ?? [],
  );
  expect(problems.length).toBeGreaterThan(0);
  for (const content of problems) {
    expect(problem.safeParse(content.example).success).toBe(true);
    expect(check(content.schema, content.example)).toBe("");
  }
});

it("all codes of the contract appear", () => {
  const described = new Set(OPERATIONS.flatMap(errorsOf));
  expect([...described].toSorted()).toEqual(Object.keys(ERRORS).toSorted());
});
