import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import type { Descriptions } from "../../../src/api-docs/description";
import { openApi } from "../../../src/api-docs/openapi";
import { describeFaces } from "../../../src/api-docs/operation";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { exampleTarget } from "../../../src/api-docs/page/curl";
import { MADE_UP, MADE_UP_DESCRIPTION } from "../../support/made-up-face";
import { at } from "./json-schema-check";

const described = describeFaces({ madeUp: MADE_UP }, { madeUp: MADE_UP_DESCRIPTION });
const document = openApi([...OPERATIONS, ...described]);

it("a face's operations stand in the document beside the service's own", async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  expect(result.errors ?? []).toEqual([]);
  const run = at(document, "paths", "/made-up/things/{thing}/run/{run}", "post");
  expect(at(run, "x-scope")).toBe("write");
  expect(at(run, "requestBody", "required")).toBe(true);
  expect(Object.keys(at(run, "responses", "200", "content") ?? {})).toEqual(["text/event-stream"]);
  expect(document.paths["/api/v1/tasks"]).toEqual(openApi().paths["/api/v1/tasks"]);
});

it("a face's errors are described in its own form, the service's in theirs", () => {
  const { responses } = document.components;
  expect(at(responses["made-up-not_found"], "content")).toEqual({
    "application/json": {
      schema: { type: "object", required: ["oops"] },
      example: { oops: { kind: "not_found", words: "No." } },
    },
  });
  expect(at(responses.not_found, "content")).toHaveProperty(["application/problem+json"]);
});

it("a parameter that may hold a slash is written as it can't be mistaken", () => {
  const read = described.find(({ id }) => id === "madeUpRead");
  expect(read && exampleTarget(read)).toBe("/made-up/things/a%2Fb");
});

it("what is left out, or too much, is an error of types", () => {
  const { read } = MADE_UP_DESCRIPTION.groups.things;
  const group = { read: MADE_UP.groups.things.read } as const;
  const right: Descriptions<typeof group> = { read };
  // @ts-expect-error: nothing of `read` is said.
  const tooLittle: Descriptions<typeof group> = {};
  // @ts-expect-error: there is no `write`.
  const tooMuch: Descriptions<typeof group> = { read, write: read };
  // @ts-expect-error: `read` takes no body.
  const withBody: Descriptions<typeof group> = { read: { ...read, body: {} } };
  expect([right, tooLittle, tooMuch, withBody]).toHaveLength(4);
});
