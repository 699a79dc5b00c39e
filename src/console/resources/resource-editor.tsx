import { useEffect, useRef, useState } from "preact/hooks";
import { type Collection, TaskroomError } from "../../client";
import type { JsonObject } from "../../protocol/json";
import { Button } from "../parts/button";
import { Field, withhold } from "../parts/field";
import { Problem } from "../parts/problem";
import { useAction } from "../state/use-action";
import { FIELDS } from "./fields";
import { issuesAt, issuesElsewhere } from "./issues";
import { isObject, valueAt, withValue } from "./json-path";
import { jsonOf } from "./spec-field";
import { SpecForm } from "./spec-form";

type Props = {
  collection: Collection;
  /** `{metadata, spec}`. */
  initial: JsonObject;
  isNew: boolean;
  /** Others' resources may only be read. */
  disabled?: boolean;
  save: (body: JsonObject) => Promise<unknown>;
};

/** A resource as a form or as JSON; what the server complains of is said at the field. */
export function ResourceEditor({ collection, initial, isNew, disabled = false, save }: Props) {
  const [body, setBody] = useState(initial);
  const [asJson, setAsJson] = useState(false);
  const { run, busy, error } = useAction();
  const issues = error?.issues ?? [];
  const form = useRef<HTMLFormElement>(null);
  // Long forms hide their faults: to the first of them.
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [error]);
  const fields = FIELDS[collection];
  const text = (path: string) => String(valueAt(body, path) ?? "");
  const shown = { body, issues, disabled, onBody: setBody };

  return (
    <form
      ref={form}
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => save(body));
      }}
    >
      <div class="row end">
        <Button kind="quiet" onClick={() => setAsJson(!asJson)}>
          {asJson ? "As a form" : "As JSON"}
        </Button>
      </div>
      {asJson ? (
        <JsonBody {...shown} />
      ) : (
        <>
          {isNew && (
            <Field
              label="Name"
              hint="Lower-case letters, digits and hyphens."
              issues={issuesAt(issues, "metadata.name")}
            >
              {(control) => (
                <input
                  {...control}
                  required
                  spellcheck={false}
                  value={text("metadata.name")}
                  onInput={(event) =>
                    setBody(withValue(body, "metadata.name", event.currentTarget.value))
                  }
                />
              )}
            </Field>
          )}
          <Field label="Shown as" issues={issuesAt(issues, "metadata.displayName")}>
            {(control) => (
              <input
                {...control}
                disabled={disabled}
                value={text("metadata.displayName")}
                onInput={(event) => {
                  const shown = event.currentTarget.value || undefined;
                  setBody(withValue(body, "metadata.displayName", shown));
                }}
              />
            )}
          </Field>
          <SpecForm {...shown} fields={fields} />
        </>
      )}
      <Problem error={asJson ? error : withIssues(error, issuesElsewhere(issues, fields))} />
      {!disabled && (
        <div class="row end">
          <Button kind="primary" type="submit" busy={busy}>
            {isNew ? "Create" : "Save"}
          </Button>
        </div>
      )}
    </form>
  );
}

type JsonProps = { body: JsonObject; disabled: boolean; onBody: (body: JsonObject) => void };

function JsonBody({ body, disabled, onBody }: JsonProps) {
  const [text, setText] = useState(() => JSON.stringify(body, null, 2));
  const [broken, setBroken] = useState(false);
  const change = (next: string) => {
    setText(next);
    const parsed = jsonOf(next);
    const isFine = parsed !== "broken" && isObject(parsed.value);
    setBroken(!isFine);
    if (parsed !== "broken" && isObject(parsed.value)) onBody(parsed.value);
  };
  return (
    <Field label="JSON" issues={broken ? ["Not a JSON object yet; the last that was is kept"] : []}>
      {(control) => (
        <textarea
          {...control}
          ref={withhold(broken ? "Not a JSON object yet" : "")}
          class="code"
          rows={22}
          spellcheck={false}
          disabled={disabled}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** The refusal without what the fields say already. */
function withIssues(
  error: TaskroomError | undefined,
  issues: NonNullable<TaskroomError["issues"]>,
): TaskroomError | undefined {
  if (!error?.issues) return error;
  const { code, detail, title, status } = error;
  return new TaskroomError(code, issues.length > 0 ? detail : "The marked fields say why.", {
    ...(title !== undefined && { title }),
    ...(status !== undefined && { status }),
    issues,
  });
}
