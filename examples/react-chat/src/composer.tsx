import { type FormEvent, useState } from "react";
import { TaskroomError } from "taskroom/client";
import type { RoomHere } from "taskroom/react";

/** Writes into the room, and stops what is under way. */
export function Composer({ room }: { room: RoomHere }) {
  const [problem, setProblem] = useState<string>();
  const isAtWork = (room.room?.openTurns.length ?? 0) > 0;

  async function told(work: Promise<unknown>) {
    setProblem(undefined);
    try {
      await work;
    } catch (error) {
      if (!(error instanceof TaskroomError)) throw error;
      setProblem(error.detail);
    }
  }

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get("text") ?? "").trim();
    if (text !== "") void told(room.send(text));
    form.reset();
  }

  return (
    <form onSubmit={send}>
      <input
        name="text"
        aria-label="Message"
        autoComplete="off"
        onInput={() => room.typing(true)}
      />
      <button type="submit">Send</button>
      {isAtWork && (
        <button type="button" onClick={() => told(room.cancel())}>
          Stop
        </button>
      )}
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
