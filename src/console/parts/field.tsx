import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What a control needs to belong to its label and its complaints. */
export type ControlProps = {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
};

/** Keeps a form from being sent with less than what is written in a control; `why` is said where it is tried. */
export function withhold(why: string) {
  return (control: HTMLTextAreaElement | null) => control?.setCustomValidity(why);
}

type Props = {
  label: string;
  hint?: string;
  /** What is wrong with the value, said at the field itself. */
  issues?: string[];
  children: (control: ControlProps) => ComponentChildren;
};

export function Field({ label, hint, issues = [], children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, issues.length > 0 && `${id}-issues`].filter(Boolean);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-invalid": issues.length > 0,
        "aria-describedby": described.join(" ") || undefined,
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div id={`${id}-issues`} role="alert">
        {issues.map((issue) => (
          <p key={issue} class="issue">
            {issue}
          </p>
        ))}
      </div>
    </div>
  );
}
