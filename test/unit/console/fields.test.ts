import { describe, expect, it } from "vitest";
import * as z from "zod";
import { FIELDS, memberFields } from "../../../src/console/resources/fields";
import {
  botSpec,
  ghostSpec,
  modelSpec,
  shellSpec,
  teamMember,
  teamSpec,
} from "../../../src/resources/specs";

const SPECS = {
  ghosts: ghostSpec,
  models: modelSpec,
  shells: shellSpec,
  bots: botSpec,
  teams: teamSpec,
};

/** Fields of a spec, those of its objects one by one. */
function pathsOf(at: string, schema: z.ZodType): string[] {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  if (!(inner instanceof z.ZodObject)) return [at];
  return Object.entries(inner.shape).flatMap(([name, field]) =>
    pathsOf(`${at}.${name}`, field as z.ZodType),
  );
}

/** What no field edits, and fields of nothing; a field edits whatever is inside its place too. */
function mismatches(fields: { path: string }[], leaves: string[]): string[] {
  const edits = (path: string, leaf: string) => leaf === path || leaf.startsWith(`${path}.`);
  const lacking = leaves.filter((leaf) => !fields.some(({ path }) => edits(path, leaf)));
  const idle = fields.filter(({ path }) => !leaves.some((leaf) => edits(path, leaf)));
  return [...lacking, ...idle.map(({ path }) => path)];
}

describe("the console has a field for all that a resource may say", () => {
  it.each(Object.entries(SPECS))("%s", (collection, spec) => {
    const fields = [...FIELDS[collection as keyof typeof SPECS]];
    expect(mismatches(fields, pathsOf("spec", spec))).toEqual([]);
  });

  it("members of teams", () => {
    expect(mismatches(memberFields(0), pathsOf("spec.members.0", teamMember))).toEqual([]);
  });
});
