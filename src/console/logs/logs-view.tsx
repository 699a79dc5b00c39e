import { useEffect, useRef, useState } from "preact/hooks";
import type { LogLevel } from "../../protocol/log-entry";
import type { LoggedEntry } from "../../protocol/rest/list-logs";
import { Button } from "../parts/button";
import { Problem } from "../parts/problem";
import { useLogs } from "./use-logs";

const LEVELS: LogLevel[] = ["info", "warn", "error", "success"];

export function LogsView() {
  const [levels, setLevels] = useState<readonly LogLevel[]>([]);
  const [follows, setFollows] = useState(true);
  const { entries, error, hasMore, more, reload } = useLogs(levels);
  const box = useRef<HTMLDivElement>(null);
  const last = entries?.at(-1)?.seq;
  // `last` says that something came.
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, last]);
  const toggle = (level: LogLevel) =>
    setLevels((old) => LEVELS.filter((known) => old.includes(known) !== (known === level)));

  return (
    <section class="logs" aria-label="Logs">
      <div class="row spread wrap">
        <fieldset class="row">
          <legend class="sr-only">Levels</legend>
          {LEVELS.map((level) => (
            <label key={level} class="check">
              <input
                type="checkbox"
                checked={levels.includes(level)}
                onChange={() => toggle(level)}
              />
              <span class={`level ${level}`}>{level}</span>
            </label>
          ))}
        </fieldset>
        <label class="check">
          <input
            type="checkbox"
            checked={follows}
            onChange={(event) => setFollows(event.currentTarget.checked)}
          />
          Follow
        </label>
      </div>
      <Problem error={error} onRetry={reload} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="log-box" ref={box} tabIndex={0} role="log" aria-label="Log entries">
        {hasMore && (
          <Button kind="quiet" onClick={more}>
            Older entries
          </Button>
        )}
        {entries?.length === 0 && <p class="quiet">Nothing has been logged.</p>}
        {entries?.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </div>
    </section>
  );
}

function Entry({ entry }: { entry: LoggedEntry }) {
  const { timestamp, agentType, level, message, metadata } = entry;
  return (
    <div class="entry">
      <time dateTime={timestamp}>{timestamp.slice(11, 23)}</time>
      <span class={`level ${level}`}>{level}</span>
      <span class="agent">{agentType}</span>
      <span class="text">
        {message}
        {metadata && Object.keys(metadata).length > 0 && (
          <code class="quiet"> {JSON.stringify(metadata)}</code>
        )}
      </span>
    </div>
  );
}
