import { useRef, useState } from "preact/hooks";
import { isBlank } from "../../client";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { usePageTitle } from "../parts/page-title";
import { Problem } from "../parts/problem";
import { AttachButton } from "../room/files/attach-button";
import { useDrop } from "../room/files/drop-zone";
import { PendingFiles } from "../room/files/pending-files";
import { useAttachments } from "../room/files/use-attachments";
import { usePaste } from "../room/files/use-paste";
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
  const [place, form] = [useRef<HTMLDivElement>(null), useRef<HTMLFormElement>(null)];
  const input = useRef<HTMLTextAreaElement>(null);
  const attaching = useAttachments();
  const isOver = useDrop(place, attaching.files.add);
  usePaste(form, attaching.files.add);
  const isReady =
    attaching.standing.isReady && (attaching.ids.length > 0 || !isBlank(draft.prompt));
  const beginDraft = () => isReady && begin(draft, attaching.ids);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));

  const begin = ({ prompt, title, team, labels }: Draft, attachments: string[] = []) => {
    if (isBlank(prompt) && attachments.length === 0) return;
    run(async () => {
      const task = await client.tasks.create({
        teamRef: team,
        prompt,
        ...(attachments.length > 0 && { attachments }),
        ...(title.trim() && { title: title.trim() }),
        ...(labels.trim() && { labels: labelsOf(labels) }),
      });
      navigate({ at: "task", taskId: task.id, view: "conversation" });
    });
  };

  return (
    <div class="home stack" ref={place}>
      {isOver && <p class="drop-here">Drop files here to attach them</p>}
      <h1>What should be done?</h1>
      <form
        ref={form}
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          beginDraft();
        }}
      >
        <textarea
          ref={input}
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
            beginDraft();
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
