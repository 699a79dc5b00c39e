import { useState } from "preact/hooks";
import { isBlank } from "../../client";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { usePageTitle } from "../parts/page-title";
import { Problem } from "../parts/problem";
import { navigate } from "../routing/navigate";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";
import { FINGERS, PHONE, useMedia } from "../state/use-media";
import { EXAMPLES } from "./examples";
import { labelsOf } from "./labels";
import { TeamSelect } from "./team-select";

type Draft = { prompt: string; title: string; team: string; labels: string };
const EMPTY: Draft = { prompt: "", title: "", team: "system/assistant", labels: "" };

/** Begins a task: a prompt and one click. */
export function HomePage() {
  usePageTitle("New task");
  const { client } = useAccount();
  const [draft, setDraft] = useState(EMPTY);
  const { run, busy, error } = useAction();
  const [isPhone, hasFingers] = [useMedia(PHONE), useMedia(FINGERS)];
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));

  const begin = ({ prompt, title, team, labels }: Draft) => {
    if (isBlank(prompt)) return;
    run(async () => {
      const task = await client.tasks.create({
        teamRef: team,
        prompt,
        ...(title.trim() && { title: title.trim() }),
        ...(labels.trim() && { labels: labelsOf(labels) }),
      });
      navigate({ at: "task", taskId: task.id, view: "conversation" });
    });
  };

  return (
    <div class="home stack">
      <h1>What should be done?</h1>
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          begin(draft);
        }}
      >
        <textarea
          aria-label="Prompt"
          rows={4}
          maxLength={32_000}
          placeholder={
            isPhone
              ? "Describe the task."
              : "Describe the task. Enter begins it, Shift+Enter makes a new line."
          }
          value={draft.prompt}
          onInput={(event) => change({ prompt: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || hasFingers) return;
            event.preventDefault();
            begin(draft);
          }}
        />
        <div class="row spread">
          <TeamSelect value={draft.team} onChange={(team) => change({ team })} />
          <Button kind="primary" type="submit" busy={busy} disabled={isBlank(draft.prompt)}>
            Begin
          </Button>
        </div>
        <details>
          <summary>Title and labels</summary>
          <Field label="Title" hint="Without one, the prompt's beginning.">
            {(control) => (
              <input
                {...control}
                maxLength={200}
                value={draft.title}
                onInput={(event) => change({ title: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label="Labels" hint="key=value, separated by commas.">
            {(control) => (
              <input
                {...control}
                value={draft.labels}
                onInput={(event) => change({ labels: event.currentTarget.value })}
              />
            )}
          </Field>
        </details>
        <Problem error={error} />
      </form>
      <section aria-labelledby="examples" class="stack tight">
        <h2 id="examples">Or begin with one of these</h2>
        <div class="row wrap">
          {EXAMPLES.map(({ text, prompt, team }) => (
            <Button
              key={text}
              disabled={busy}
              onClick={() => begin({ ...EMPTY, prompt, ...(team && { team }) })}
            >
              {text}
            </Button>
          ))}
        </div>
      </section>
    </div>
  );
}
