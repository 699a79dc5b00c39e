import type { Step, Turn } from "../../client";
import { StatusBadge } from "../parts/badge";
import { durationText } from "../parts/duration";
import { useRoom } from "../room/room-scope";
import { stepKey } from "../room/use-turns";
import { StepOutcome } from "./step-outcome";
import { StepWait } from "./step-wait";
import { WaitText } from "./wait-text";

/** One step on the line: what it is, how it stands, what came out. */
export function StepRow({ turn, step }: { turn: Turn; step: Step }) {
  const { turns } = useRoom();
  const { phase, bot, status, attempt, run, percentComplete, durationMs } = step;
  const note = turns.notes.get(stepKey(turn.id, step.step));
  const counts = [
    attempt > 1 && `attempt ${attempt}`,
    run > 1 && `run ${run}`,
    durationMs !== undefined && durationText(durationMs),
  ].filter((count) => typeof count === "string");
  return (
    <li class={`step ${status.toLowerCase()}`}>
      <div class="row spread">
        <span>
          <strong>{phase}</strong> <span class="quiet">{bot}</span>
        </span>
        <span class="row">
          <span class="quiet counts">{counts.join(" · ")}</span>
          <StatusBadge status={status} />
        </span>
      </div>
      {status === "RUNNING" && (
        <div class="row">
          <progress
            max={100}
            {...(percentComplete !== undefined && { value: percentComplete })}
            aria-label={`Progress of ${phase}`}
          />
          <span class="quiet">
            {percentComplete !== undefined && `${percentComplete} %`} {note}
          </span>
        </div>
      )}
      {status === "RETRYING" && <WaitText turnId={turn.id} step={step} />}
      {status === "WAITING" && <StepWait turn={turn} step={step} />}
      <StepOutcome turn={turn} step={step} />
    </li>
  );
}
