import { useMemo } from "preact/hooks";
import type { Message } from "../../../client";
import { memo } from "../../state/memo";
import { useSelected } from "../../state/use-selected";
import { useRoom } from "../room-scope";
import { type Chunk, chunksOf } from "./message-chunks";
import { MessageView } from "./message-view";
import { type Rights, useRights } from "./use-rights";
import { type Standings, useStandings } from "./use-standings";

const NONE: readonly Message[] = [];
/** At the end, of 25 messages each: whatever comes before them is of long ago. */
const NEW_CHUNKS = 3;

/** All that was said so far; a stream that goes on beside it does not render it again. */
export const MessageList = memo(() => {
  const { room } = useRoom();
  const older = useSelected(room, (snapshot) => snapshot.older);
  const newest = useSelected(room, (snapshot) => snapshot.room?.messages ?? NONE);
  const { standingOf, isHidden } = useStandings(older, newest);
  const chunks = useMemo(() => {
    const isShown = (message: Message) => !isHidden(message);
    return chunksOf(older.filter(isShown), newest.filter(isShown));
  }, [older, newest, isHidden]);
  const rights = useRights();
  return (
    <>
      {chunks.map(({ key, messages }, i) => {
        const own = messages.flatMap((message) => Object.values(standingOf(message)));
        return (
          <ChunkView
            key={key}
            // Compared by what is in them: a chunk that holds the same is not rendered again.
            parts={[...messages, ...own, rights]}
            isOld={i < chunks.length - NEW_CHUNKS}
            {...{ messages, standingOf, rights }}
          />
        );
      })}
    </>
  );
});

type ChunkProps = Pick<Chunk, "messages"> &
  Pick<Standings, "standingOf"> & {
    parts: readonly unknown[];
    rights: Rights;
    isOld: boolean;
  };

const ChunkView = memo(
  ({ messages, standingOf, rights, isOld }: ChunkProps) => {
    const { room } = useRoom();
    return (
      <ol class="message-list">
        {messages.map((message) => (
          <MessageView
            key={message.id}
            {...standingOf(message)}
            {...{ message, room, rights, isOld }}
          />
        ))}
      </ol>
    );
  },
  (a, b) => a.parts.length === b.parts.length && a.parts.every((part, i) => part === b.parts[i]),
);
