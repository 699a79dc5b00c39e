import { useEffect, useRef, useState } from "preact/hooks";
import { isBlank, type Message, type RoomConnection } from "../../../../client";
import { Button } from "../../../parts/button";
import { Problem } from "../../../parts/problem";
import { useAction } from "../../../state/use-action";
import { useSelected } from "../../../state/use-selected";

type Props = { message: Message; room: RoomConnection; onClose: () => void };

/** Says something else in a message's place; what followed it goes with it. */
export function EditForm({ message, room, onClose }: Props) {
  const [text, setText] = useState(message.content);
  const { run, busy, error } = useAction();
  const input = useRef<HTMLTextAreaElement>(null);
  const isWorking = useSelected(room, (s) => (s.room?.openTurns.length ?? 0) > 0);
  const most = useSelected(room, (s) => s.limits?.contentUnits ?? 32_000);
  useEffect(() => input.current?.focus(), []);
  const save = async (event: Event) => {
    event.preventDefault();
    const kept = message.attachments?.map(({ fileId }) => fileId) ?? [];
    const options = {
      ...(isWorking && { onBusy: "interrupt" as const }),
      ...(kept.length > 0 && { attachments: kept }),
    };
    if (await run(() => room.edit(message.id, text.trim(), options))) onClose();
  };
  return (
    <form class="stack tight edit" onSubmit={save}>
      <textarea
        ref={input}
        aria-label="The message anew"
        rows={3}
        maxLength={most}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          // It gives the edit up, and stops nothing.
          event.preventDefault();
          onClose();
        }}
      />
      <p class="quiet">What was said after it leaves the conversation.</p>
      <div class="row end">
        <Button onClick={onClose}>Leave it</Button>
        <Button kind="primary" type="submit" busy={busy} disabled={isBlank(text)}>
          {isWorking ? "Stop it and send" : "Send anew"}
        </Button>
      </div>
      <Problem error={error} />
    </form>
  );
}
