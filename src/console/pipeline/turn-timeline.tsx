import type { Turn } from "../../client";
import { StatusBadge } from "../parts/badge";
import { durationText } from "../parts/duration";
import { Time } from "../parts/time";
import { GuidanceLines } from "../room/composer/guidance";
import { TurnEnd, tells } from "../room/conversation/turn-end";
import { useRoom } from "../room/room-scope";
import { useSelected } from "../state/use-selected";
import { StepRow } from "./step-row";

const ASKED = 120;

export function TurnTimeline({ turn }: { turn: Turn }) {
  const { room } = useRoom();
  const asked = useSelected(room, ({ room: state, older }) =>
    [...older, ...(state?.messages ?? [])].find(({ id }) => id === turn.messageId),
  );
  const failed = turn.steps.some(({ result }) => result?.error);
  const done = turn.steps.filter(({ status }) => status === "COMPLETED").length;
  return (
    <article class="card stack tight" aria-label={`Turn of ${turn.createdAt}`}>
      <header class="row spread">
        <h2 class="asked">{asked ? shortened(asked.content) : "Turn"}</h2>
        <span class="row">
          <span class="quiet">
            <Time at={turn.createdAt} />
            {durationOf(turn)}
          </span>
          <StatusBadge status={turn.status} />
        </span>
      </header>
      {turn.steps.length > 1 && (
        <progress max={turn.steps.length} value={done} aria-label="Steps that are done" />
      )}
      <ol class="timeline">
        {turn.steps.map((step) => (
          <StepRow key={step.step} turn={turn} step={step} />
        ))}
      </ol>
      <GuidanceLines turnId={turn.id} />
      {turn.usage?.totalTokens !== undefined && (
        <p class="quiet">{turn.usage.totalTokens.toLocaleString()} tokens</p>
      )}
      {tells(turn) && <TurnEnd turn={turn} room={room} brief={failed} />}
    </article>
  );
}

function shortened(text: string): string {
  return text.length > ASKED ? `${text.slice(0, ASKED)}…` : text;
}

function durationOf({ startedAt, endedAt }: Turn): string {
  if (!startedAt || !endedAt) return "";
  return ` · ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`;
}
