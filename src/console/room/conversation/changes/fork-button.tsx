import { useMemo } from "preact/hooks";
import type { Message } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { navigate } from "../../../routing/navigate";
import { useAccount } from "../../../state/account";
import { SameKey } from "../../../state/same-key";
import { useAction } from "../../../state/use-action";

const MEANT = "Go on from here in a task of your own. This one stays as it is.";

/** Goes on from a message in a task of one's own; this one stays as it is. */
export function ForkButton({ message: { id, taskId } }: { message: Message }) {
  const { client } = useAccount();
  const { run, busy, error } = useAction();
  // Pressed again because no answer came, it is the same fork.
  const keys = useMemo(() => new SameKey(), []);
  const fork = () =>
    run(async () => {
      const body = { atMessageId: id };
      const task = await client.tasks.fork(taskId, body, { idempotencyKey: keys.of(body) });
      keys.done();
      navigate({ at: "task", taskId: task.id, view: "conversation" });
    });
  return (
    <>
      <Button kind="quiet" busy={busy} title={MEANT} onClick={fork}>
        Fork from here
      </Button>
      <Problem error={error} />
    </>
  );
}
