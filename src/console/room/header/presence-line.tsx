import { useAccount } from "../../state/account";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";

const FACES = 4;

/** Who is in the room. */
export function PresenceLine() {
  const { room } = useRoom();
  const presence = useSelected(room, (snapshot) => snapshot.presence);
  const present = presence.filter(({ state, connections }) => state !== "left" && connections > 0);
  if (present.length === 0) return null;
  const names = present.map(({ userId, name }) => name ?? userId);
  return (
    <span
      class="faces"
      role="img"
      aria-label={`Here: ${names.join(", ")}`}
      title={names.join(", ")}
    >
      {present.slice(0, FACES).map(({ userId, name = userId }) => (
        <span key={userId} class="face" aria-hidden="true">
          {[...name][0]?.toUpperCase()}
        </span>
      ))}
      {names.length > FACES && <span class="quiet">+{names.length - FACES}</span>}
    </span>
  );
}

/** Who of the others is typing. */
export function TypingLine() {
  const { room } = useRoom();
  const { me } = useAccount();
  const presence = useSelected(room, (snapshot) => snapshot.presence);
  const names = presence
    .filter(({ userId, state }) => state === "typing" && userId !== me.userId)
    .map(({ userId, name }) => name ?? userId);
  return (
    <p class="typing quiet" role="status">
      {names.length > 0 && `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing…`}
    </p>
  );
}
