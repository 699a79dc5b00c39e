import { useMemo } from "preact/hooks";
import type { Message, Turn } from "../../../client";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { VersionSwitch } from "./changes/version-switch";
import { VersionView } from "./changes/version-view";
import { TurnEnd, tells } from "./turn-end";

const NONE: readonly Message[] = [];
const ASKED = 60;

/** What became of the last turn where its message stands above others': it had waited for them. */
export function TailEnd() {
  const { room, turns } = useRoom();
  const messages = useSelected(room, (snapshot) => snapshot.room?.messages ?? NONE);
  const isOpen = useSelected(room, (s) => (s.room?.openTurns.length ?? 0) > 0);
  const last = turns.turns.reduce<Turn | undefined>(later, undefined);
  if (isOpen || !last || !tells(last) || messages.at(-1)?.turnId === last.id) return null;
  const asked = messages.find(({ id }) => id === last.messageId);
  return asked ? (
    <div class="tail-end">
      <q class="quiet">{shortened(asked.content)}</q>
      <TurnEnd turn={last} room={room} />
      {last.regenerates !== undefined && <Unanswered turnId={last.id} />}
    </div>
  ) : null;
}

/** It came to no answer anew; those before are still to be read. */
function Unanswered({ turnId }: { turnId: string }) {
  const place = useMemo(() => ({ id: turnId, role: "assistant" as const, turnId }), [turnId]);
  return (
    <>
      <VersionView message={place} />
      <VersionSwitch message={place} />
    </>
  );
}

function later(one: Turn | undefined, other: Turn): Turn {
  return (one?.endedAt ?? "") > (other.endedAt ?? "") && one ? one : other;
}

function shortened(text: string): string {
  return text.length > ASKED ? `${text.slice(0, ASKED)}…` : text;
}
