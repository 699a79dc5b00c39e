import { useCallback, useEffect, useRef } from "preact/hooks";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { useSelected } from "../../state/use-selected";
import { Composer } from "../composer/composer";
import { Unsent } from "../composer/unsent";
import { TypingLine } from "../header/presence-line";
import { OpenTurns } from "../open-turns";
import { useRoom } from "../room-scope";
import { Announcer } from "./announcer";
import { OrphanedEdit } from "./changes/orphaned-edit";
import { JumpNotice } from "./jump-notice";
import { MessageList } from "./message-list";
import { Streams } from "./streams";
import { TailEnd } from "./tail-end";
import { useFollow } from "./use-follow";
import { useJump } from "./use-jump";
import { useOlder } from "./use-older";

/** What was said, what is being said, and the place to say something. */
export function Conversation() {
  const { room } = useRoom();
  const whole = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { follows, toEnd, leaveEnd } = useFollow(scroller, content);
  const { hasOlder, loading, error, loadOlder } = useOlder(room, scroller);
  const isEmpty = useSelected(room, (s) => s.room?.messages.length === 0 && s.older.length === 0);
  const stop = useStop();
  const { jump, again, dismiss } = useJump(room, { scroller, leaveEnd });

  return (
    <div class="conversation" ref={whole}>
      <JumpNotice jump={jump} onAgain={again} onDismiss={dismiss} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <section class="scroller" ref={scroller} tabIndex={0} aria-label="Messages">
        <div class="messages" ref={content}>
          <Problem error={error} />
          {hasOlder && (
            <div class="row center">
              <Button kind="quiet" busy={loading} onClick={loadOlder}>
                {loading ? "Loading older messages…" : "Older messages"}
              </Button>
            </div>
          )}
          {isEmpty && <p class="quiet center">Nothing has been said yet.</p>}
          <MessageList />
          <TailEnd />
          <Streams />
          <OrphanedEdit />
          <Unsent />
          <OpenTurns />
        </div>
      </section>
      {!follows && (
        <div class="to-end">
          <Button onClick={toEnd}>↓ To the newest</Button>
        </div>
      )}
      <Announcer />
      <TypingLine />
      <Composer onStop={stop} onSent={toEnd} dropOn={whole} />
    </div>
  );
}

/** Stops what runs; Esc anywhere in the conversation does the same. */
function useStop() {
  const { room } = useRoom();
  const stop = useCallback(() => room.cancel(), [room]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("dialog[open], details.menu[open]")) return;
      const { room: state } = room.getSnapshot();
      if (state?.openTurns.length && state.task.role !== "viewer") stop().catch(() => {});
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [room, stop]);
  return stop;
}
