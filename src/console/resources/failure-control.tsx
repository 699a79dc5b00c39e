import type { JsonObject, JsonValue } from "../../protocol/json";
import type { ControlProps } from "../parts/field";
import { isObject, valueAt } from "./json-path";
import { RefSelect } from "./ref-select";
import { refText } from "./ref-text";

const RULES = {
  "": "(abort)",
  abort: "end the turn",
  continue: "go on with the next",
  fallback: "another bot does it",
  rollbackTo: "go back to an earlier member",
};
type Rule = keyof typeof RULES;

type Props = {
  own: ControlProps;
  /** Where the rule is: `spec.members.1.onFailure`. */
  path: string;
  body: JsonObject;
  value: JsonValue | undefined;
  disabled: boolean;
  onChange: (value: JsonValue | undefined) => void;
};

/** What happens when a member fails, with the bot or the member that this names. */
export function FailureControl({ own, path, body, value, disabled, onChange }: Props) {
  const rule = ruleOf(value);
  const named = isObject(value) ? value : {};
  const label = "aria-label";
  return (
    <div class="row wrap">
      <select
        {...own}
        disabled={disabled}
        value={rule}
        onChange={({ currentTarget }) => onChange(begun(currentTarget.value))}
      >
        {Object.entries(RULES).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
      {rule === "fallback" && (
        <RefSelect
          own={{ ...own, id: `${own.id}-bot`, [label]: "The other bot" }}
          to="bots"
          value={refText(named.fallback)}
          disabled={disabled}
          onChange={(ref = "") => onChange({ fallback: ref })}
        />
      )}
      {rule === "rollbackTo" && (
        <select
          aria-label="The earlier member"
          disabled={disabled}
          value={refText(named.rollbackTo)}
          onChange={({ currentTarget }) => onChange({ rollbackTo: currentTarget.value })}
        >
          <option value="">(choose one)</option>
          {rolesBefore(body, path).map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

function ruleOf(value: JsonValue | undefined): Rule {
  if (isObject(value)) return "rollbackTo" in value ? "rollbackTo" : "fallback";
  return value === "abort" || value === "continue" ? value : "";
}

function begun(rule: string): JsonValue | undefined {
  if (rule === "") return undefined;
  return rule === "fallback" || rule === "rollbackTo" ? { [rule]: "" } : rule;
}

/** Roles of the members that work before the one whose rule this is. */
function rolesBefore(body: JsonObject, path: string): string[] {
  const members = valueAt(body, "spec.members");
  const index = Number(path.split(".")[2]);
  if (!Array.isArray(members)) return [];
  return members
    .slice(0, index)
    .map((member) => refText(isObject(member) ? member.role : undefined));
}
