import type { TaskroomError } from "../../client";
import { Button } from "./button";

type Props = { error: TaskroomError | undefined; onRetry?: () => void };

/** What the server or the network refused, in their own words. */
export function Problem({ error, onRetry }: Props) {
  if (!error) return null;
  const { title, detail, issues = [], requestId } = error;
  return (
    <div class="problem" role="alert">
      <p>
        {title && <strong>{title}. </strong>}
        {detail}
      </p>
      {issues.length > 0 && (
        <ul>
          {issues.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path && <code>{path}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {requestId && <p class="quiet">Request {requestId}</p>}
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
