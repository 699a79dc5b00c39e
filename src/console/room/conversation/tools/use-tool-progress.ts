import { useState } from "preact/hooks";
import type { RoomConnection, RoomEventOf } from "../../../../client";
import { useRoomEvent } from "../../../state/use-event";

export type Progress = RoomEventOf<"tool:progress">["data"];
type Place = Pick<Progress, "messageId" | "attempt" | "round" | "index">;

export function progressKey({ messageId, attempt, round, index }: Place): string {
  return [messageId, attempt, round, index].join(" ");
}

/** What running tools last said of their progress: it is momentary, so the room's state has none of it. */
export function useToolProgress(room: RoomConnection): ReadonlyMap<string, Progress> {
  const [progress, setProgress] = useState<ReadonlyMap<string, Progress>>(new Map());
  useRoomEvent(room, "tool:progress", ({ data }) => {
    setProgress((old) => new Map(old).set(progressKey(data), data));
  });
  useRoomEvent(room, "tool:result", ({ data: { messageId, attempt, round, index } }) => {
    if (round === undefined || index === undefined) return;
    const key = progressKey({ messageId, attempt, round, index });
    setProgress((old) =>
      old.has(key) ? new Map([...old].filter(([other]) => other !== key)) : old,
    );
  });
  return progress;
}
