import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isBlank, type Message, type RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";

type Props = { message: Message; room: RoomConnection };

/** Says something else in a message's place; what followed it goes with it. */
export function EditForm({ message, room }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const { open, isWorking, isEmpty, write, save, giveUp } = useEdit(message, room);
  useFocus(form);
  if (!open) return null;
  const { text, isSaving, error } = open;
  return (
    <form
      ref={form}
      class="stack tight edit"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
        if (event.key !== "Escape") return;
        // It gives the edit up, and stops nothing.
        event.preventDefault();
        giveUp();
      }}
    >
      <EditText value={text} isFixed={isSaving} room={room} onText={write} />
      <p class="quiet">What was said after it leaves the conversation, and stays as a version.</p>
      <div class="row end">
        <Button disabled={isSaving} onClick={giveUp}>
          Cancel
        </Button>
        <Button kind="primary" type="submit" busy={isSaving} disabled={isEmpty}>
          {isSaving ? "Saving…" : stopping(isWorking)}
        </Button>
      </div>
      <Problem error={error} />
    </form>
  );
}

function stopping(isWorking: boolean): string {
  return isWorking ? "Stop and save" : "Save";
}

function useEdit({ id, threadId, attachments = [] }: Message, room: RoomConnection) {
  const { edit } = useRoom();
  const open = useSelected(edit, (current) => current);
  const isWorking = useSelected(
    room,
    (s) => s.room?.openTurns.some((turn) => turn.threadId === threadId) ?? false,
  );
  const isEmpty = isBlank(open?.text ?? "") && attachments.length === 0;
  const save = () => {
    if (isEmpty) return;
    const options = {
      ...(isWorking && { onBusy: "interrupt" as const }),
      ...(attachments.length > 0 && { attachments: attachments.map(({ fileId }) => fileId) }),
    };
    void edit.save((content) => room.edit(id, content, options));
  };
  // What is on its way is not called back: it comes through as soon as there is a connection.
  const giveUp = () => {
    if (!open?.isSaving) edit.end();
  };
  return { open, isWorking, isEmpty, write: (text: string) => edit.write(text), save, giveUp };
}

type TextProps = {
  value: string;
  isFixed: boolean;
  room: RoomConnection;
  onText: (text: string) => void;
};

function EditText({ value, isFixed, room, onText }: TextProps) {
  const most = useSelected(room, (s) => s.limits?.contentUnits ?? 32_000);
  return (
    <textarea
      aria-label="Edit the message"
      dir="auto"
      rows={3}
      maxLength={most}
      readOnly={isFixed}
      value={value}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}

/** In the text, at its end; where the form goes, so that it is lost to nobody, with what it was in. */
function useFocus(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const { current } = form;
    const input = current?.querySelector("textarea");
    input?.focus();
    input?.setSelectionRange(input.value.length, input.value.length);
    const around = current?.closest<HTMLElement>(".scroller");
    return () => {
      const { activeElement } = document;
      // A button that was pressed, and is busy, has lost it already.
      const isHere = activeElement === document.body || current?.contains(activeElement);
      if (isHere) around?.focus({ preventScroll: true });
    };
  }, [form]);
}
