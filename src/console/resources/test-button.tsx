import { useState } from "preact/hooks";
import type { JsonObject } from "../../protocol/json";
import { Button } from "../parts/button";
import { durationText } from "../parts/duration";
import { Problem } from "../parts/problem";
import { useAction } from "../state/use-action";
import type { Trial } from "./resource-api";

type Props = { name: string; test: () => Promise<Trial> };

/** Asks what is stored once, and says how it went. */
export function TestButton({ name, test }: Props) {
  const [trial, setTrial] = useState<Trial>();
  const { run, busy, error } = useAction();
  const ask = () => {
    setTrial(undefined);
    return run(async () => setTrial(await test()));
  };
  return (
    <div class="stack tight">
      <div class="row">
        <Button busy={busy} onClick={ask}>
          {busy ? `Testing ${name}…` : `Test ${name}`}
        </Button>
      </div>
      <div role="status">{trial && <Outcome trial={trial} />}</div>
      <Problem error={error} />
    </div>
  );
}

function Outcome({ trial }: { trial: Trial }) {
  const { ok, message, durationMs, code, reason, httpStatus, tools = [] } = trial;
  const why = [code, reason, httpStatus !== undefined && `HTTP ${httpStatus}`].filter(Boolean);
  return (
    <div class={`trial ${ok ? "works" : "fails"}`}>
      <p>
        <strong>{ok ? "It works. " : "It does not work. "}</strong>
        {message}
      </p>
      <p class="quiet">{[...why, durationText(durationMs)].join(" · ")}</p>
      {tools.length > 0 && (
        <ul class="row wrap plain-list">
          {tools.map((tool) => (
            <li key={tool}>
              <code>{tool}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Names of the servers that a ghost's spec has. */
export function serversIn({ mcpServers }: JsonObject): string[] {
  return typeof mcpServers === "object" && mcpServers !== null ? Object.keys(mcpServers) : [];
}
