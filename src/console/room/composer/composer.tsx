import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isBlank, type OnBusy, type TaskroomError } from "../../../client";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { asTaskroomError } from "../../state/use-action";
import { FINGERS, PHONE, useMedia } from "../../state/use-media";
import { useSelected } from "../../state/use-selected";
import { FINAL } from "../ended-notice";
import { useMayAct, useRoom } from "../room-scope";
import { useTyping } from "./use-typing";

type Policy = Exclude<OnBusy, "reject">;
const POLICIES: { policy: Policy; text: string }[] = [
  { policy: "enqueue", text: "Send after it" },
  { policy: "interrupt", text: "Stop it and send" },
  { policy: "guide", text: "Guide it" },
];

type Props = { onStop: () => Promise<unknown>; onSent: () => void };

export function Composer({ onStop, onSent }: Props) {
  const { room } = useRoom();
  const mayAct = useMayAct();
  const isOver = useSelected(room, (s) => s.room?.task.status === "CANCELLED");
  const isGone = useSelected(
    room,
    ({ connection }) => connection.state === "closed" && FINAL.includes(connection.closed.code),
  );
  if (isGone) return null;
  if (!mayAct) return <p class="composer quiet">You are watching: viewers cannot send.</p>;
  if (isOver) return <p class="composer quiet">This task was cancelled. It takes no messages.</p>;
  return <Writing onStop={onStop} onSent={onSent} />;
}

function Writing({ onStop, onSent }: Props) {
  const { room, guide } = useRoom();
  const [text, setText] = useState("");
  const [policy, setPolicy] = useState<Policy>("enqueue");
  const [error, setError] = useState<TaskroomError>();
  const input = useRef<HTMLTextAreaElement>(null);
  const isBusy = useSelected(room, (s) => (s.room?.openTurns.length ?? 0) > 0);
  const most = useSelected(room, (s) => s.limits?.contentUnits ?? 32_000);
  const typing = useTyping(room);
  const [isPhone, hasFingers] = [useMedia(PHONE), useMedia(FINGERS)];
  useFirstFocus(input);

  const fail = (failure: unknown) => setError(asTaskroomError(failure));
  const send = () => {
    const content = text.trim();
    if (isBlank(content)) return;
    setText("");
    setError(undefined);
    typing.stop();
    const sent =
      isBusy && policy === "guide"
        ? guide(content)
        : room.send(content, isBusy ? { onBusy: policy } : {});
    onSent();
    sent.catch((failure) => {
      fail(failure);
      // Nothing that was written is lost, unless something else was begun meanwhile.
      setText((now) => now || content);
    });
    input.current?.focus();
  };

  const note = () => {
    const content = text.trim();
    setText("");
    setError(undefined);
    typing.stop();
    room.note(content).then(onSent, (failure) => {
      fail(failure);
      setText((now) => now || content);
    });
    input.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Problem error={error} />
      <textarea
        ref={input}
        aria-label="Message"
        rows={2}
        maxLength={most}
        placeholder={isPhone ? "Message" : "Enter sends, Shift+Enter makes a new line, Esc stops"}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          typing.touch();
        }}
        onBlur={typing.stop}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || hasFingers) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="row spread">
        <span class="row">{isBusy && <PolicySelect policy={policy} onPolicy={setPolicy} />}</span>
        <span class="row">
          {isBusy && (
            <Button
              kind="danger"
              {...(!isPhone && { title: "Esc" })}
              onClick={() => onStop().catch(fail)}
            >
              Stop
            </Button>
          )}
          <Button
            kind="quiet"
            title="Everybody reads it, and the next answer's model; nobody answers it"
            disabled={isBlank(text)}
            onClick={note}
          >
            Note
          </Button>
          <Button kind="primary" type="submit" disabled={isBlank(text)}>
            {isBusy && policy === "guide" ? "Guide" : "Send"}
          </Button>
        </span>
      </div>
    </form>
  );
}

/** Who comes into a room may write at once, unless they are at something else or it would bring up a keyboard. */
function useFirstFocus(input: RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const { activeElement } = document;
    const isFree = activeElement === document.body || activeElement?.id === "main";
    if (isFree && !matchMedia(FINGERS).matches) input.current?.focus();
  }, [input]);
}

type PolicyProps = { policy: Policy; onPolicy: (policy: Policy) => void };

/** What a message does while something runs. */
function PolicySelect({ policy, onPolicy }: PolicyProps) {
  return (
    <select
      aria-label="While it works"
      value={policy}
      onChange={(event) => {
        const { value } = event.currentTarget;
        onPolicy(POLICIES.find((known) => known.policy === value)?.policy ?? "enqueue");
      }}
    >
      {POLICIES.map((known) => (
        <option key={known.policy} value={known.policy}>
          {known.text}
        </option>
      ))}
    </select>
  );
}
