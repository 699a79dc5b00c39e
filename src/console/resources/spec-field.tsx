import { useState } from "preact/hooks";
import type { JsonObject, JsonValue } from "../../protocol/json";
import { type ControlProps, Field, withhold } from "../parts/field";
import { FailureControl } from "./failure-control";
import type { FieldSpec } from "./fields";
import { RefSelect } from "./ref-select";
import { refText } from "./ref-text";

type Props = {
  field: FieldSpec;
  /** All of the resource: some values name others of it. */
  body: JsonObject;
  value: JsonValue | undefined;
  issues: string[];
  disabled: boolean;
  onChange: (value: JsonValue | undefined) => void;
};

/** One value of a spec with its complaints. */
export function SpecField({ field, body, value, issues, disabled, onChange }: Props) {
  const { label, hint, control } = field;
  const props = { field, body, value, disabled, onChange };
  if (control === "json") return <JsonField {...props} issues={issues} />;
  if (control === "yes") {
    return (
      <>
        <label class="check">
          <input
            type="checkbox"
            checked={value === true}
            disabled={disabled}
            onChange={(event) => onChange(event.currentTarget.checked || undefined)}
          />
          {label}
        </label>
        {issues.map((issue) => (
          <p key={issue} class="issue" role="alert">
            {issue}
          </p>
        ))}
      </>
    );
  }
  return (
    <Field label={label} issues={issues} {...(hint && { hint })}>
      {(own) => <Control own={own} {...props} />}
    </Field>
  );
}

type ControlOf = Omit<Props, "issues"> & { own: ControlProps };

function Control({ own, field, body, value, disabled, onChange }: ControlOf) {
  const common = { ...own, disabled, placeholder: field.placeholder };
  const text = refText(value);
  switch (field.control) {
    case "choice":
      return (
        <select
          {...own}
          disabled={disabled}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        >
          <option value="">(default)</option>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    case "ref":
      return (
        <RefSelect
          {...{ own, disabled, onChange, to: field.to, value: text, byDefault: field.default }}
        />
      );
    case "failure":
      return <FailureControl {...{ own, body, value, disabled, onChange, path: field.path }} />;
    case "switch":
      return (
        <select
          {...own}
          disabled={disabled}
          value={text}
          onChange={({ currentTarget }) => onChange(SWITCHED[currentTarget.value])}
        >
          <option value="">(default)</option>
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      );
    case "long":
      return (
        <textarea
          {...common}
          rows={5}
          value={text}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <input
          {...common}
          inputMode="decimal"
          value={text}
          onInput={(event) => onChange(numberOf(event.currentTarget.value))}
        />
      );
    default:
      return (
        <input
          {...common}
          autocomplete="off"
          spellcheck={field.control === "text"}
          value={text}
          onInput={(event) => onChange(event.currentTarget.value || undefined)}
        />
      );
  }
}

const SWITCHED: Record<string, boolean | undefined> = { true: true, false: false };

/** Keeps what cannot be parsed to itself, and says so. */
function JsonField({ field, value, issues, disabled, onChange }: Props) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const [broken, setBroken] = useState(false);
  const change = (next: string) => {
    setText(next);
    const parsed = jsonOf(next);
    setBroken(parsed === "broken");
    if (parsed !== "broken") onChange(parsed.value);
  };
  return (
    <Field
      label={`${field.label} (JSON)`}
      issues={broken ? ["Not JSON yet", ...issues] : issues}
      {...(field.hint && { hint: field.hint })}
    >
      {(own) => (
        <textarea
          {...own}
          // Saved without it, what is half written would be lost.
          ref={withhold(broken ? "Not JSON yet" : "")}
          class="code"
          rows={Math.min(12, Math.max(2, text.split("\n").length))}
          spellcheck={false}
          disabled={disabled}
          placeholder={field.placeholder}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function jsonOf(text: string): { value: JsonValue | undefined } | "broken" {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return "broken";
  }
}

/** What is no number is sent as it was typed: the server says what is wrong with it. */
function numberOf(text: string): JsonValue | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}
