import type { Issue } from "../../client";
import type { JsonObject } from "../../protocol/json";
import { Button } from "../parts/button";
import { type FieldSpec, memberFields } from "./fields";
import { issuesAt } from "./issues";
import { valueAt, withValue } from "./json-path";
import { SpecField } from "./spec-field";

export type FormProps = {
  fields: readonly FieldSpec[];
  body: JsonObject;
  issues: readonly Issue[];
  disabled: boolean;
  onBody: (body: JsonObject) => void;
};

export function SpecForm({ fields, ...form }: FormProps) {
  const { body, issues, disabled, onBody } = form;
  return (
    <>
      {fields.map((field) =>
        field.control === "members" ? (
          <MembersField key={field.path} {...form} />
        ) : (
          <SpecField
            key={field.path}
            field={field}
            body={body}
            value={valueAt(body, field.path)}
            issues={issuesAt(issues, field.path)}
            disabled={disabled}
            onChange={(value) => onBody(withValue(body, field.path, value))}
          />
        ),
      )}
    </>
  );
}

/** A team's members, in the order in which they work. */
function MembersField({ body, issues, disabled, onBody }: Omit<FormProps, "fields">) {
  const value = valueAt(body, "spec.members");
  const members = Array.isArray(value) ? value : [];
  const set = (next: typeof members) => onBody(withValue(body, "spec.members", next));
  const form = { body, issues, disabled, onBody };
  return (
    <fieldset class="stack members">
      <legend>Members</legend>
      {members.map((_, i) => (
        <fieldset key={i} class="card stack tight">
          <legend>{i + 1}</legend>
          <SpecForm {...form} fields={memberFields(i)} />
          {members.length > 1 && !disabled && (
            <div class="row end">
              <Button
                label={`Remove member ${i + 1}`}
                onClick={() => set(members.filter((_, at) => at !== i))}
              >
                Remove
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      {!disabled && (
        <div class="row">
          <Button onClick={() => set([...members, { role: "", botRef: "system/assistant" }])}>
            Add a member
          </Button>
        </div>
      )}
    </fieldset>
  );
}
