import { useEffect, useState } from "preact/hooks";
import type { TaskStatus } from "../../client";
import { Link } from "../routing/link";
import type { TaskFilter } from "./use-tasks";
import { useTeams } from "./use-teams";

const STATUSES: TaskStatus[] = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];
const CHOICES = ["waiting", ...STATUSES] as const;
const TYPING_MS = 250;

type Props = { filter: TaskFilter; onFilter: (filter: TaskFilter) => void };

/** Narrows the tasks down by what they are; asks the server once the typing pauses. What was said in them is another page's. */
export function TaskFilterForm({ filter, onFilter }: Props) {
  const [typed, setTyped] = useState(filter);
  const teams = useTeams();
  const words = typed.q.trim();
  const change = (part: Partial<TaskFilter>) => setTyped((old) => ({ ...old, ...part }));
  useEffect(() => {
    const timer = setTimeout(() => onFilter(usable(typed)), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, onFilter]);

  return (
    <search class="stack tight">
      <input
        type="search"
        aria-label="Search tasks by title"
        placeholder="Search titles"
        maxLength={200}
        value={typed.q}
        onInput={(event) => change({ q: event.currentTarget.value })}
      />
      {words !== "" && <Link to={{ at: "search", q: words }}>Search messages for “{words}”</Link>}
      <details>
        <summary>More filters</summary>
        <div class="stack tight">
          <select
            aria-label="Status of the tasks"
            value={typed.status}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change({ status: CHOICES.find((status) => status === value) ?? "" });
            }}
          >
            <option value="">Any status</option>
            <option value="waiting">waits for an answer</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {status.toLowerCase()}
              </option>
            ))}
          </select>
          <select
            aria-label="Team of the tasks"
            value={typed.team}
            onChange={(event) => change({ team: event.currentTarget.value })}
          >
            <option value="">Any team</option>
            {teams.map(({ ref, shown }) => (
              <option key={ref} value={ref}>
                {shown}
              </option>
            ))}
          </select>
          <input
            aria-label="Label, as key=value"
            placeholder="Label: key=value"
            value={typed.label}
            onInput={(event) => change({ label: event.currentTarget.value })}
          />
        </div>
      </details>
    </search>
  );
}

/** Half-typed labels would only be refused. */
function usable({ q, status, team, label }: TaskFilter): TaskFilter {
  return {
    q: q.trim(),
    status,
    team,
    label: /^[^=]+=.+$/.test(label.trim()) ? label.trim() : "",
  };
}
