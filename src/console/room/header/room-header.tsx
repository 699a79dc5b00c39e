import { StatusBadge } from "../../parts/badge";
import { statusOf } from "../../parts/task-badge";
import { Link } from "../../routing/link";
import type { RoomView } from "../../routing/route";
import { useTask } from "../room-scope";
import { ConnectionPill } from "./connection-pill";
import { ForkedFrom } from "./forked-from";
import { PresenceLine } from "./presence-line";
import { TaskMenu } from "./task-menu";
import { WaitingBadge } from "./waiting-badge";

const TABS: { view: RoomView; text: string }[] = [
  { view: "conversation", text: "Conversation" },
  { view: "steps", text: "Steps" },
  { view: "logs", text: "Logs" },
];

export function RoomHeader({ view }: { view: RoomView }) {
  const task = useTask();
  return (
    <header class="room-header">
      <div class="row spread">
        <div class="row heading">
          <Link to={{ at: "home" }} class="back" label="All tasks">
            ←
          </Link>
          <h1 title={task.title} dir="auto">
            {task.title}
          </h1>
          <StatusBadge status={statusOf(task)} />
          <WaitingBadge />
        </div>
        <div class="row">
          <PresenceLine />
          <ConnectionPill />
          <TaskMenu task={task} />
        </div>
      </div>
      <nav class="tabs" aria-label="Views of the task">
        {TABS.map((tab) => (
          <Link
            key={tab.view}
            class="nav-link"
            to={{ at: "task", taskId: task.id, view: tab.view }}
            current={tab.view === view}
          >
            {tab.text}
          </Link>
        ))}
        <span class="quiet team">
          {task.teamRef.namespace}/{task.teamRef.name}
        </span>
      </nav>
      {task.forkedFrom && <ForkedFrom key={task.forkedFrom.taskId} origin={task.forkedFrom} />}
    </header>
  );
}
