import type { Message } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { navigate } from "../../../routing/navigate";
import { useAccount } from "../../../state/account";
import { useAction } from "../../../state/use-action";

/** Goes on from a message in a task of one's own; this one stays as it is. */
export function ForkButton({ message: { id, taskId } }: { message: Message }) {
  const { client } = useAccount();
  const { run, busy, error } = useAction();
  const fork = () =>
    run(async () => {
      const task = await client.tasks.fork(taskId, { atMessageId: id });
      navigate({ at: "task", taskId: task.id, view: "conversation" });
    });
  return (
    <>
      <Button kind="quiet" busy={busy} title="Go on from here in a task of your own" onClick={fork}>
        Fork
      </Button>
      <Problem error={error} />
    </>
  );
}
