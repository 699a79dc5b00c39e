import { Button } from "../../../parts/button";
import { CopyButton } from "../../../parts/copy-button";
import { Problem } from "../../../parts/problem";
import { useVersions } from "./use-versions";
import type { Placed } from "./versions";

/** Which of a message's versions is looked at, and the way to the others. */
export function VersionSwitch({ message }: { message: Placed }) {
  const versions = useVersions(message);
  const { earlier, isWhole, index, shown, show, lookFurther, isLoading, error } = versions;
  if (error) return <Problem error={error} onRetry={lookFurther} />;
  if (!isWhole) {
    return (
      <Button kind="quiet" busy={isLoading} onClick={lookFurther}>
        {isLoading ? "Loading versions…" : "Earlier versions"}
      </Button>
    );
  }
  if (earlier.length === 0) return null;
  const last = earlier.length;
  return (
    <>
      <fieldset class="version-switch" aria-label="Versions">
        <Step name="Previous version" isEnd={index === 0} onGo={() => show(index - 1)}>
          ‹
        </Step>
        <output>{`${index + 1} / ${last + 1}`}</output>
        <Step name="Next version" isEnd={index === last} onGo={() => show(index + 1)}>
          ›
        </Step>
      </fieldset>
      {shown && <span class="quiet">An earlier version</span>}
      {shown && message.role === "user" && (
        <CopyButton text={shown[0].content} label="Copy the earlier version" />
      )}
    </>
  );
}

type StepProps = { name: string; isEnd: boolean; onGo: () => void; children: string };

/** At an end it keeps the focus: whoever came there by keyboard goes back from there. */
function Step({ name, isEnd, onGo, children }: StepProps) {
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={name}
      aria-disabled={isEnd}
      onClick={() => !isEnd && onGo()}
    >
      {children}
    </button>
  );
}
