import { useState } from "preact/hooks";
import type { Task } from "../../client";
import { Listing } from "../parts/listing";
import { TaskBadge } from "../parts/task-badge";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { memo } from "../state/memo";
import { TaskFilterForm } from "./task-filter";
import { NO_FILTER, useTasks } from "./use-tasks";

/** The tasks beside the room. */
export const TaskSidebar = memo(({ current }: { current: string | undefined }) => {
  const [filter, setFilter] = useState(NO_FILTER);
  const tasks = useTasks(filter);
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <aside class="sidebar" aria-label="Tasks">
      <Link to={{ at: "home" }} class="button primary wide" current={current === undefined}>
        New task
      </Link>
      <TaskFilterForm filter={filter} onFilter={setFilter} />
      <Listing
        pages={tasks}
        empty={isFiltered ? "No task is like that." : "No tasks yet. Your first is one click away."}
      >
        {(items) => (
          <ul class="task-list">
            {items.map((task) => (
              <TaskRow key={task.id} task={task} current={task.id === current} />
            ))}
          </ul>
        )}
      </Listing>
    </aside>
  );
});

function TaskRow({ task, current }: { task: Task; current: boolean }) {
  const { id, title, teamRef, createdAt } = task;
  return (
    <li>
      <Link to={{ at: "task", taskId: id, view: "conversation" }} class="task" current={current}>
        <span class="title" dir="auto">
          {title}
        </span>
        <span class="row spread">
          <TaskBadge task={task} />
          <span class="quiet">
            {teamRef.name === "assistant" ? "" : `${teamRef.name} · `}
            <Time at={createdAt} />
          </span>
        </span>
      </Link>
    </li>
  );
}
