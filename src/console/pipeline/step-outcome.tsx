import { useState } from "preact/hooks";
import type { Step, StepResult, Turn } from "../../client";
import { Button } from "../parts/button";
import { Problem } from "../parts/problem";
import { Markdown } from "../room/conversation/markdown/markdown";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";

/** What a step made, collapsed; or why it failed. */
export function StepOutcome({ turn, step }: { turn: Turn; step: Step }) {
  const { client } = useAccount();
  const [whole, setWhole] = useState<StepResult>();
  const { run, busy, error } = useAction();
  const result = whole ?? step.result;
  if (!result) return null;
  const load = () =>
    run(async () => {
      const { steps } = await client.turns.get(turn.taskId, turn.id);
      setWhole(steps.find(({ step: name }) => name === step.step)?.result);
    });
  const { output, data, error: failure, attempts, usage, truncated } = result;
  return (
    <>
      {failure && (
        <p class="issue">
          <code>{failure.code}</code> {failure.message}
        </p>
      )}
      {(output || data !== undefined) && (
        <details>
          <summary>Result</summary>
          <Markdown text={output} />
          {data !== undefined && <pre>{JSON.stringify(data, null, 2)}</pre>}
          {truncated && (
            <Button busy={busy} onClick={load}>
              Load all of it
            </Button>
          )}
          <Problem error={error} />
          <p class="quiet">
            {attempts} {attempts === 1 ? "attempt" : "attempts"}
            {usage?.totalTokens !== undefined && ` · ${usage.totalTokens} tokens`}
          </p>
        </details>
      )}
    </>
  );
}
