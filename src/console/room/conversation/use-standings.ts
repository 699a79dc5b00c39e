import { useCallback, useMemo } from "preact/hooks";
import type { Message, Turn } from "../../../client";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { answeredAnew, lastAnswers } from "./changes/anew";
import { placeOf } from "./changes/versions";
import { tells } from "./turn-end";

/** What a message's place in the conversation makes of it. */
export type Standing = {
  /** A turn that has something to say for itself, at the last message of it. */
  turn: Turn | undefined;
  /** It ends a completed turn's answer, so that another can be had. */
  isRepeatable: boolean;
  /** It took another's place, or may have. */
  hasVersions: boolean;
  /** An earlier version is looked at in its place. */
  showsEarlier: boolean;
  isEdited: boolean;
  /** Of an answer, where another question stands right before it. */
  question: Message | undefined;
};

export type Standings = {
  standingOf: (message: Message) => Standing;
  /** In the place of all that a turn answered stands an earlier version, at the last of it. */
  isHidden: (message: Message) => boolean;
};

export function useStandings(older: readonly Message[], newest: readonly Message[]): Standings {
  const { turns: known, guidance, former, edit } = useRoom();
  const { turns } = known;
  const chosen = useSelected(former, (state) => state.chosen);
  const editedId = useSelected(edit, (open) => open?.messageId);
  const all = useMemo(() => [...older, ...newest], [older, newest]);
  const ends = useMemo(
    () =>
      endsOf(
        all,
        turns.filter((turn) => says(turn, guidance)),
      ),
    [all, turns, guidance],
  );
  const anew = useMemo(() => answeredAnew(all, turns), [all, turns]);
  const lasts = useMemo(() => lastAnswers(all), [all]);
  const completed = useMemo(() => {
    return new Set(turns.flatMap(({ id, status }) => (status === "COMPLETED" ? [id] : [])));
  }, [turns]);

  const isHidden = useCallback(
    ({ id, role, turnId }: Message) =>
      role === "assistant" && chosen.has(turnId) && lasts.get(turnId) !== id,
    [chosen, lasts],
  );
  const standingOf = (message: Message): Standing => {
    const { id, role, turnId, replaces } = message;
    const isLast = role === "assistant" && lasts.get(turnId) === id;
    return {
      turn: ends.get(id),
      isRepeatable: isLast && completed.has(turnId),
      hasVersions: replaces !== undefined || (isLast && anew.has(turnId)),
      showsEarlier: chosen.has(placeOf(message)),
      isEdited: editedId === id,
      question: role === "assistant" ? anew.get(turnId)?.question : undefined,
    };
  };
  return { standingOf, isHidden };
}

/** Turns that have something to say for themselves, by the last message of each. */
function endsOf(messages: readonly Message[], turns: readonly Turn[]): Map<string, Turn> {
  const telling = new Map(turns.map((turn) => [turn.id, turn]));
  const ends = new Map<string, Turn>();
  if (telling.size === 0) return ends;
  for (const message of messages.toReversed()) {
    const turn = telling.get(message.turnId);
    if (!turn) continue;
    ends.set(message.id, turn);
    telling.delete(turn.id);
  }
  return ends;
}

/** What guided a turn that is still open is shown where its work is. */
function says(turn: Turn, guidance: ReadonlyMap<string, unknown>): boolean {
  return tells(turn) || (turn.status === "COMPLETED" && guidance.has(turn.id));
}
