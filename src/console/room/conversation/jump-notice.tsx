import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import type { Jump } from "./use-jump";

type Props = { jump: Jump; onAgain: () => void; onDismiss: () => void };

const SAID = {
  looking: "Looking for the message…",
  absent: "The message is not in this conversation. It may have been edited or answered anew.",
  far: "The message was not found among the newest 10,000.",
};

/** What became of the message that a link leads to, where it is not in sight. */
export function JumpNotice({ jump, onAgain, onDismiss }: Props) {
  if (jump.state === "none") return null;
  if (jump.state === "failed") {
    return (
      <div class="jump">
        <Problem error={jump.error} onRetry={onAgain} />
      </div>
    );
  }
  return (
    <div class="jump row spread" role="status">
      <span>{SAID[jump.state]}</span>
      {jump.state !== "looking" && (
        <span class="row">
          {jump.state === "far" && <Button onClick={onAgain}>Look further</Button>}
          <Button kind="quiet" onClick={onDismiss}>
            Dismiss
          </Button>
        </span>
      )}
    </div>
  );
}
