import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { FINGERS, PHONE, useMedia } from "../../state/use-media";
import { useSelected } from "../../state/use-selected";
import { AttachButton } from "../files/attach-button";
import { useDrop } from "../files/drop-zone";
import { PendingFiles } from "../files/pending-files";
import { usePaste } from "../files/use-paste";
import { useRoom } from "../room-scope";
import { PolicySelect } from "./policy-select";
import { useDraft } from "./use-draft";
import { useTyping } from "./use-typing";

export type WritingProps = {
  onStop: () => Promise<unknown>;
  onSent: () => void;
  /** Where files may be dropped. */
  dropOn: RefObject<HTMLElement | null>;
};

const NOTED = "Everybody reads it, and the next answer's model; nobody answers it";

/** The place to write, with the files that go along. */
export function Writing({ onStop, onSent, dropOn }: WritingProps) {
  const { room } = useRoom();
  const input = useRef<HTMLTextAreaElement>(null);
  const typing = useTyping(room);
  const draft = useDraft(() => {
    typing.stop();
    onSent();
    input.current?.focus();
  });
  const { text, attaching, policy, isBusy, isReady } = draft;
  const most = useSelected(room, (s) => s.limits?.contentUnits ?? 32_000);
  const [isPhone, hasFingers] = [useMedia(PHONE), useMedia(FINGERS)];
  const form = useRef<HTMLFormElement>(null);
  const isOver = useDrop(dropOn, attaching.files.add);
  usePaste(form, attaching.files.add);
  useFirstFocus(input);
  return (
    <form
      ref={form}
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        draft.send();
      }}
    >
      <Problem error={draft.error} />
      {isOver && <p class="drop-here">Drop files here to attach them</p>}
      <PendingFiles attaching={attaching} writing={input} />
      <textarea
        ref={input}
        aria-label="Message"
        dir="auto"
        rows={2}
        maxLength={most}
        placeholder={isPhone ? "Message" : "Enter sends, Shift+Enter makes a new line, Esc stops"}
        value={text}
        onInput={(event) => {
          draft.setText(event.currentTarget.value);
          typing.touch();
        }}
        onBlur={typing.stop}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || hasFingers) return;
          event.preventDefault();
          draft.send();
        }}
      />
      <div class="row spread wrap">
        <span class="row">
          <AttachButton attaching={attaching} />
          {isBusy && <PolicySelect policy={policy} onPolicy={draft.setPolicy} />}
        </span>
        <span class="row">
          {isBusy && (
            <Button
              kind="danger"
              {...(!isPhone && { title: "Esc" })}
              onClick={() => onStop().catch(draft.fail)}
            >
              Stop
            </Button>
          )}
          <Button kind="quiet" title={NOTED} disabled={!isReady} onClick={draft.note}>
            Note
          </Button>
          <Button kind="primary" type="submit" disabled={!isReady}>
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
