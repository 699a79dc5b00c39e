import { useMemo } from "preact/hooks";
import type { Message, Turn } from "../../../client";
import { memo } from "../../state/memo";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { type Chunk, chunksOf } from "./message-chunks";
import { MessageView } from "./message-view";
import { tells } from "./turn-end";
import { type Rights, useRights } from "./use-rights";

const NONE: readonly Message[] = [];
/** At the end, of 25 messages each: whatever comes before them is of long ago. */
const NEW_CHUNKS = 3;

/** All that was said so far; a stream that goes on beside it does not render it again. */
export const MessageList = memo(() => {
  const { room, turns, guidance } = useRoom();
  const older = useSelected(room, (snapshot) => snapshot.older);
  const newest = useSelected(room, (snapshot) => snapshot.room?.messages ?? NONE);
  const chunks = useMemo(() => chunksOf(older, newest), [older, newest]);
  const ends = useMemo(
    () =>
      endsOf(
        [...older, ...newest],
        turns.turns.filter((turn) => says(turn, guidance)),
      ),
    [older, newest, turns.turns, guidance],
  );
  const again = useMemo(() => againOf(turns.turns), [turns.turns]);
  const rights = useRights();
  const last = (newest.at(-1) ?? older.at(-1))?.id;
  return (
    <>
      {chunks.map(({ key, messages }, i) => {
        const own = messages.flatMap(({ id, turnId }) => [ends.get(id), again.has(turnId)]);
        return (
          <ChunkView
            key={key}
            // Compared by what is in them: a chunk that holds the same is not rendered again.
            parts={[...messages, ...own, rights, messages.at(-1)?.id === last]}
            isOld={i < chunks.length - NEW_CHUNKS}
            {...{ messages, ends, again, rights, last }}
          />
        );
      })}
    </>
  );
});

type ChunkProps = Pick<Chunk, "messages"> & {
  parts: readonly unknown[];
  ends: ReadonlyMap<string, Turn>;
  /** Turns whose answers took the place of others. */
  again: ReadonlySet<string>;
  rights: Rights;
  last: string | undefined;
  isOld: boolean;
};

const ChunkView = memo(
  ({ messages, ends, again, rights, last, isOld }: ChunkProps) => {
    const { room } = useRoom();
    return (
      <ol class="message-list">
        {messages.map((message) => (
          <MessageView
            key={message.id}
            {...{ message, room, rights, isOld }}
            turn={ends.get(message.id)}
            isLast={message.id === last}
            isAgain={message.role === "assistant" && again.has(message.turnId)}
          />
        ))}
      </ol>
    );
  },
  (a, b) => a.parts.length === b.parts.length && a.parts.every((part, i) => part === b.parts[i]),
);

function againOf(turns: readonly Turn[]): ReadonlySet<string> {
  return new Set(turns.flatMap(({ id, regenerates }) => (regenerates === undefined ? [] : [id])));
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
