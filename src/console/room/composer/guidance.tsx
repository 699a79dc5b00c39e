import { useRoom } from "../room-scope";
import type { Guidance } from "./use-guidance";

const SAID: Record<Guidance["outcome"], string> = {
  waiting: "Guidance waits for the next step:",
  applied: "Guidance taken up:",
  expired: "Guidance came too late and became a message of its own:",
};

/** What became of a turn's guidance. */
export function GuidanceLines({ turnId }: { turnId: string }) {
  const { guidance } = useRoom();
  return (
    <>
      {guidance.get(turnId)?.map(({ key, content, outcome }) => (
        <p key={key} class="quiet guided">
          {SAID[outcome]} <q>{content}</q>
        </p>
      ))}
    </>
  );
}
