import type { Issue } from "../../client";
import { type FieldSpec, memberFields } from "./fields";

const METADATA = ["metadata.name", "metadata.displayName"];

/** What is said of a value, or of something inside it. */
export function issuesAt(issues: readonly Issue[], path: string): string[] {
  return issues.filter((issue) => isAt(issue.path, path)).map((issue) => said(issue, path));
}

/** What no field of the form can show. */
export function issuesElsewhere(issues: readonly Issue[], fields: readonly FieldSpec[]): Issue[] {
  const shown = fields.flatMap(({ control, path }) => (control === "members" ? [] : [path]));
  return issues.filter(({ path }) => {
    const index = /^spec\.members\.(\d+)\./.exec(path)?.[1];
    const inMember = index === undefined ? [] : memberFields(Number(index)).map((f) => f.path);
    return ![...METADATA, ...shown, ...inMember].some((field) => isAt(path, field));
  });
}

function isAt(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`);
}

function said({ path, message }: Issue, field: string): string {
  return path === field ? message : `${path.slice(field.length + 1)}: ${message}`;
}
