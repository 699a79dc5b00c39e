import { useState } from "preact/hooks";
import { isBlank, type TaskroomError } from "../../../client";
import { asTaskroomError } from "../../state/use-action";
import { useSelected } from "../../state/use-selected";
import { type Attaching, useAttaching } from "../files/use-attachments";
import { useRoom } from "../room-scope";
import type { Policy } from "./policy-select";

export type Draft = {
  text: string;
  setText: (text: string) => void;
  attaching: Attaching;
  policy: Policy;
  setPolicy: (policy: Policy) => void;
  isBusy: boolean;
  /** Whether there is something to send, and all of it is there. */
  isReady: boolean;
  error: TaskroomError | undefined;
  fail: (failure: unknown) => void;
  send: () => void;
  /** Says it without asking for an answer. */
  note: () => void;
};

/** What is being written, and the ways out. `onSent` is called as it leaves. */
export function useDraft(onSent: () => void): Draft {
  const { room, guide, kept } = useRoom();
  const text = useSelected(kept.text, (written) => written);
  const [policy, setPolicy] = useState<Policy>("enqueue");
  const [error, setError] = useState<TaskroomError>();
  const attaching = useAttaching(kept.files);
  const { files, ids, standing } = attaching;
  const isBusy = useSelected(room, (s) => (s.room?.openTurns.length ?? 0) > 0);
  const isReady = standing.isReady && (ids.length > 0 || !isBlank(text));
  const setText = (next: string) => kept.text.set(next);
  const fail = (failure: unknown) => setError(asTaskroomError(failure));

  /** Nothing that was written is lost, whatever was begun meanwhile. */
  const leave = (say: (content: string, attachments: object) => Promise<unknown>) => {
    if (!isReady) return;
    const content = kept.text.take();
    const taken = files.take();
    setError(undefined);
    say(content, ids.length > 0 ? { attachments: ids } : {}).catch((failure) => {
      fail(failure);
      kept.text.putBack(content);
      files.putBack(taken);
    });
    onSent();
  };
  const send = () =>
    leave((content, attachments) => {
      if (!isBusy) return room.send(content, attachments);
      // Guidance is words: a message with files waits for its turn.
      if (policy === "guide" && ids.length === 0) return guide(content);
      return room.send(content, {
        ...attachments,
        onBusy: policy === "guide" ? "enqueue" : policy,
      });
    });
  const note = () => leave((content, attachments) => room.note(content, attachments));
  return { text, setText, attaching, policy, setPolicy, isBusy, isReady, error, fail, send, note };
}
