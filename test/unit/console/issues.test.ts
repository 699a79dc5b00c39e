import { expect, it } from "vitest";
import { FIELDS } from "../../../src/console/resources/fields";
import { issuesAt, issuesElsewhere } from "../../../src/console/resources/issues";

const issue = (path: string, message = "wrong") => ({ path, message });

it("an issue is said at its field, and one inside a value with its place", () => {
  const issues = [issue("spec.url"), issue("spec.headers.x-a", "too long"), issue("spec.urls")];
  expect(issuesAt(issues, "spec.url")).toEqual(["wrong"]);
  expect(issuesAt(issues, "spec.headers")).toEqual(["x-a: too long"]);
});

it("an issue that no field of the form shows is said of the whole", () => {
  const [name, own, member, unknown, whole] = [
    issue("metadata.name"),
    issue("spec.timeoutMs"),
    issue("spec.members.2.botRef.name"),
    issue("spec.members.2.nonsense"),
    issue("spec.members"),
  ];
  const elsewhere = issuesElsewhere([name, own, member, unknown, whole], FIELDS.teams);
  expect(elsewhere).toEqual([unknown, whole]);
});
