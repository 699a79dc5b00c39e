import { useRef } from "preact/hooks";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { usePageTitle } from "../parts/page-title";
import { Problem } from "../parts/problem";
import { AttachButton } from "../room/files/attach-button";
import { useDrop } from "../room/files/drop-zone";
import { PendingFiles } from "../room/files/pending-files";
import { usePaste } from "../room/files/use-paste";
import { FINGERS, PHONE, useMedia } from "../state/use-media";
import { EXAMPLES } from "./examples";
import { TeamSelect } from "./team-select";
import { useNewTask } from "./use-new-task";

/** Begins a task: a prompt and one click. */
export function HomePage() {
  usePageTitle("New task");
  const { draft, change, attaching, isReady, begin, beginExample, busy, error } = useNewTask();
  const [isPhone, hasFingers] = [useMedia(PHONE), useMedia(FINGERS)];
  const [place, form] = [useRef<HTMLDivElement>(null), useRef<HTMLFormElement>(null)];
  const input = useRef<HTMLTextAreaElement>(null);
  const isOver = useDrop(place, attaching.files.add);
  usePaste(form, attaching.files.add);

  return (
    <div class="home stack" ref={place}>
      {isOver && <p class="drop-here">Drop files here to attach them</p>}
      <h1>What should be done?</h1>
      <form
        ref={form}
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <textarea
          ref={input}
          aria-label="Prompt"
          dir="auto"
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
            begin();
          }}
        />
        <PendingFiles attaching={attaching} writing={input} />
        <div class="row spread wrap">
          <span class="row">
            <AttachButton attaching={attaching} />
            <TeamSelect value={draft.team} onChange={(team) => change({ team })} />
          </span>
          <Button kind="primary" type="submit" busy={busy} disabled={!isReady}>
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
          {EXAMPLES.map((example) => (
            <Button key={example.text} disabled={busy} onClick={() => beginExample(example)}>
              {example.text}
            </Button>
          ))}
        </div>
      </section>
    </div>
  );
}
