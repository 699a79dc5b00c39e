import { useRoom } from "../room/room-scope";
import { TurnTimeline } from "./turn-timeline";

/** Every turn as a timeline of its steps, the newest first. */
export function StepsView() {
  const { turns } = useRoom();
  const shown = turns.turns.toReversed();
  return (
    <section class="steps" aria-label="Steps">
      {shown.length === 0 && <p class="quiet">No turn yet: a message begins one.</p>}
      {shown.map((turn) => (
        <TurnTimeline key={turn.id} turn={turn} />
      ))}
    </section>
  );
}
