import type { Step, Turn } from "../../client";
import { ConfirmPanel } from "../pipeline/confirm-panel";
import { WaitText } from "../pipeline/wait-text";
import { useSelected } from "../state/use-selected";
import { GuidanceLines } from "./composer/guidance";
import { useWaitingUses } from "./conversation/tools/use-waiting-uses";
import { useRoom } from "./room-scope";

const NONE: Turn[] = [];

/** What the room is at, where no text shows it: a step that works, a wait, a queue. */
export function OpenTurns() {
  const { room } = useRoom();
  const open = useSelected(room, (snapshot) => snapshot.room?.openTurns ?? NONE);
  const speaking = useSelected(room, (s) => (s.room?.streams.length ?? 0) > 0);
  const active = open.find(({ status }) => status !== "PENDING");
  const queued = open.filter(({ status }) => status === "PENDING").length;
  return (
    <div class="open-turns">
      {active && <ActiveTurn turn={active} speaking={speaking} />}
      {queued > 0 && (
        <p class="quiet">
          {queued} {queued === 1 ? "message waits" : "messages wait"} in the queue.
        </p>
      )}
    </div>
  );
}

function ActiveTurn({ turn, speaking }: { turn: Turn; speaking: boolean }) {
  const step = turn.steps.find(({ status }) => ["RUNNING", "RETRYING", "WAITING"].includes(status));
  return (
    <div class="active-turn">
      <GuidanceLines turnId={turn.id} />
      {step && <StepLine turn={turn} step={step} speaking={speaking} />}
      {!step && !speaking && <p class="quiet working">Working…</p>}
    </div>
  );
}

type LineProps = { turn: Turn; step: Step; speaking: boolean };

function StepLine({ turn, step, speaking }: LineProps) {
  const waiting = useWaitingUses(turn.id);
  if (step.status === "WAITING") {
    // Calls that wait have their cards in the answer itself.
    return waiting ? null : <ConfirmPanel turn={turn} step={step} />;
  }
  if (step.status === "RETRYING") return <WaitText turnId={turn.id} step={step} />;
  if (turn.steps.length === 1 && speaking) return null;
  const place = turn.steps.indexOf(step) + 1;
  const percent = step.percentComplete === undefined ? "" : ` · ${step.percentComplete} %`;
  return (
    <p class="quiet working">
      {turn.steps.length > 1 ? `Step ${place} of ${turn.steps.length}: ` : "Working: "}
      {step.phase}
      {percent}
    </p>
  );
}
