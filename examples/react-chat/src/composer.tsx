import { type FormEvent, useState } from "react";
import { TaskroomError } from "taskroom/client";
import type { RoomHere } from "taskroom/react";

/** Writes into the room, and stops what is under way. */
export function Composer({ room }: { room: RoomHere }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const isAtWork = (room.room?.openTurns.length ?? 0) > 0;

  /** Whether it was done; what was refused is said. */
  async function told(work: Promise<unknown>): Promise<boolean> {
    setProblem(undefined);
    try {
      await work;
      return true;
    } catch (error) {
      if (!(error instanceof TaskroomError)) throw error;
      setProblem(error.detail);
      return false;
    }
  }

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const sent = text.trim();
    if (sent === "") return;
    setText("");
    // What was refused comes back, before whatever was begun meanwhile.
    if (!(await told(room.send(sent)))) setText((begun) => `${sent} ${begun}`.trim());
  }

  return (
    <form onSubmit={send}>
      <input
        name="text"
        aria-label="Message"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          room.typing(true);
        }}
        onBlur={() => room.typing(false)}
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
