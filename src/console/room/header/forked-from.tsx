import { useEffect, useState } from "preact/hooks";
import type { Task, TaskroomError } from "../../../client";
import { Link } from "../../routing/link";
import { useAccount } from "../../state/account";
import { asTaskroomError } from "../../state/use-action";

type Origin = NonNullable<Task["forkedFrom"]>;
type Known = { title: string } | { error: TaskroomError };

/** Where a fork comes from, with the way there for whoever may see it. */
export function ForkedFrom({ origin: { taskId, messageId } }: { origin: Origin }) {
  const { client } = useAccount();
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    let current = true;
    client.tasks.get(taskId).then(
      ({ title }) => current && setKnown({ title }),
      (failure) => {
        const error = asTaskroomError(failure);
        if (current) setKnown({ error });
      },
    );
    return () => {
      current = false;
    };
  }, [client, taskId]);
  if (!known) return null;
  const isGone = "error" in known && known.error.code === "not_found";
  if (isGone) return <span class="quiet origin">forked from a task that you do not see</span>;
  const title = "title" in known ? known.title : "another task";
  return (
    <span class="quiet origin">
      forked from{" "}
      <Link to={{ at: "task", view: "conversation", taskId, message: messageId }}>{title}</Link>
    </span>
  );
}
