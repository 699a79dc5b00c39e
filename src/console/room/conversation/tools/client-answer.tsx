import { useState } from "preact/hooks";
import type { JsonValue } from "../../../../protocol/json";
import { Button } from "../../../parts/button";
import { Field } from "../../../parts/field";
import { Problem } from "../../../parts/problem";
import { useAction } from "../../../state/use-action";

export type ClientAnswer = { output: JsonValue } | { error: string };

type Props = { of: string; onAnswer: (answer: ClientAnswer) => Promise<unknown> };

/** Answers a call for the program that was to carry it out, where that is not there. */
export function ClientAnswerForm({ of, onAnswer }: Props) {
  const [text, setText] = useState("");
  const { run, busy, error } = useAction();
  const said = text.trim();
  return (
    <details>
      <summary>Answer it by hand</summary>
      <div class="stack tight">
        <Field label={`Result of ${of}`} hint="Words, or JSON.">
          {(control) => (
            <textarea
              {...control}
              class="code"
              rows={3}
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="row">
          <Button
            kind="primary"
            busy={busy}
            disabled={said === ""}
            label={`Give the result of ${of}`}
            onClick={() => run(() => onAnswer({ output: jsonOrText(said) }))}
          >
            Give the result
          </Button>
          <Button
            busy={busy}
            label={`Say that ${of} failed`}
            onClick={() => run(() => onAnswer({ error: said || "It was not carried out." }))}
          >
            It failed
          </Button>
        </div>
        <Problem error={error} />
      </div>
    </details>
  );
}

/** Words that are no JSON are meant as they are. */
function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
