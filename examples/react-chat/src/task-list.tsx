import { useState } from "react";
import { TaskroomError } from "taskroom/client";
import { useNotifications, useTaskroom, useTasks } from "taskroom/react";

const PAGE = { limit: 20 };

type Props = { chosen: string | undefined; onChoose: (taskId: string) => void };

/** The user's tasks, as they come and change, and how many notifications are unread. */
export function TaskList({ chosen, onChoose }: Props) {
  const client = useTaskroom();
  const { tasks, error, hasMore, loadMore } = useTasks(PAGE);
  const { unread } = useNotifications();

  const [problem, setProblem] = useState<string>();

  async function begin() {
    setProblem(undefined);
    try {
      const { id } = await client.tasks.create({ title: "A chat" });
      onChoose(id);
    } catch (failure) {
      if (!(failure instanceof TaskroomError)) throw failure;
      setProblem(failure.detail);
    }
  }

  return (
    <nav aria-label="Tasks">
      <p>{unread} unread</p>
      <button type="button" onClick={begin}>
        New chat
      </button>
      {problem && <p role="alert">{problem}</p>}
      {error && <p role="alert">{error.detail}</p>}
      <ul>
        {tasks?.map(({ id, title, status, waitingFor }) => (
          <li key={id}>
            <button type="button" aria-current={id === chosen} onClick={() => onChoose(id)}>
              {title} ({waitingFor ? `waits for ${waitingFor}` : status})
            </button>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={loadMore}>
          More
        </button>
      )}
    </nav>
  );
}
