import { useState } from "preact/hooks";
import type { Task } from "../../../client";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Problem } from "../../parts/problem";
import { useAccount } from "../../state/account";
import { useAction } from "../../state/use-action";

export function RenameDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { client } = useAccount();
  const [title, setTitle] = useState(task.title);
  const { run, busy, error } = useAction();
  const save = async (event: Event) => {
    event.preventDefault();
    if (await run(() => client.tasks.patch(task.id, { title: title.trim() }))) onClose();
  };
  return (
    <Dialog title="Rename the task" onClose={onClose}>
      <form class="stack" onSubmit={save}>
        <Field label="Title">
          {(control) => (
            <input
              {...control}
              required
              maxLength={200}
              value={title}
              onInput={(event) => setTitle(event.currentTarget.value)}
            />
          )}
        </Field>
        <Problem error={error} />
        <div class="row end">
          <Button kind="primary" type="submit" busy={busy}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
