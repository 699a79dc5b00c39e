import { useMemo, useState } from "preact/hooks";
import { isBlank, type TaskroomError } from "../../client";
import { type Attaching, useAttaching, useAttachments } from "../room/files/use-attachments";
import { navigate } from "../routing/navigate";
import { useAccount } from "../state/account";
import { SameKey } from "../state/same-key";
import { useAction } from "../state/use-action";
import type { Example } from "./examples";
import { labelsOf } from "./labels";

type Draft = { prompt: string; title: string; team: string; labels: string };
const EMPTY: Draft = { prompt: "", title: "", team: "system/assistant", labels: "" };

export type NewTask = {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  attaching: Attaching;
  /** Whether there is something to begin with, and all of it is there. */
  isReady: boolean;
  begin: () => void;
  /** Without what is written here. */
  beginExample: (example: Example) => void;
  busy: boolean;
  error: TaskroomError | undefined;
};

/** The task that is being described, and the ways to begin it. */
export function useNewTask(): NewTask {
  const { client } = useAccount();
  const [draft, setDraft] = useState(EMPTY);
  const { run, busy, error } = useAction();
  // Pressed again because no answer came, it is the same task.
  const keys = useMemo(() => new SameKey(), []);
  const attaching = useAttaching(useAttachments());
  const { ids, standing } = attaching;
  const isReady = standing.isReady && (ids.length > 0 || !isBlank(draft.prompt));
  const create = ({ prompt, title, team, labels }: Draft, attachments: string[]) =>
    run(async () => {
      const body = {
        teamRef: team,
        prompt,
        ...(attachments.length > 0 && { attachments }),
        ...(title.trim() && { title: title.trim() }),
        ...(labels.trim() && { labels: labelsOf(labels) }),
      };
      const task = await client.tasks.create(body, { idempotencyKey: keys.of(body) });
      keys.done();
      navigate({ at: "task", taskId: task.id, view: "conversation" });
    });
  return {
    draft,
    change: (part) => setDraft((old) => ({ ...old, ...part })),
    attaching,
    isReady,
    begin: () => isReady && create(draft, ids),
    beginExample: ({ prompt, team }) => create({ ...EMPTY, prompt, ...(team && { team }) }, []),
    busy,
    error,
  };
}
