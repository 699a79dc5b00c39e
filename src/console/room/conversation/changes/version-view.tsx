import type { Message } from "../../../../client";
import { CopyButton } from "../../../parts/copy-button";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";
import { MessageBody, MessageHead } from "../message-body";
import { lastAnswers } from "./anew";
import { useVersions } from "./use-versions";
import { VersionSwitch } from "./version-switch";
import { type Placed, placeOf } from "./versions";

/** An earlier version in a message's place, or all that a turn answered then. */
export function VersionView({ message }: { message: Placed }) {
  const { shown } = useVersions(message);
  if (!shown) return null;
  const [first] = shown;
  if (message.role !== "user") return <OldMessages name="An earlier version" messages={shown} />;
  return (
    <>
      <MessageHead message={first} />
      <MessageBody message={first} />
    </>
  );
}

/** What was said after an earlier version, until another took its place. */
export function Followed({ message }: { message: Placed }) {
  const { shown } = useVersions(message);
  const [, ...after] = shown ?? [];
  if (message.role !== "user" || after.length === 0) return null;
  return <OldMessages name="What followed it then" messages={after} />;
}

/** To be read alone. */
function OldMessages({ name, messages }: { name: string; messages: readonly Message[] }) {
  const lasts = lastAnswers(messages);
  return (
    <section class="version" aria-label={name}>
      {messages.map((message) => (
        <OldMessage
          key={message.id}
          message={message}
          isLast={lasts.get(message.turnId) === message.id}
        />
      ))}
    </section>
  );
}

/** It may itself have taken the place of another. */
function OldMessage({ message, isLast }: { message: Message; isLast: boolean }) {
  const { former } = useRoom();
  const { role, status, content, turnId, replaces } = message;
  const place = placeOf(message);
  const hasVersions = useSelected(former, ({ gone }) =>
    role === "assistant" ? isLast && gone.has(turnId) : replaces !== undefined,
  );
  const isChosen = useSelected(former, ({ chosen }) => chosen.has(place));
  const showsEarlier = hasVersions && isChosen;
  return (
    <article class={`message ${role} ${status}`}>
      {showsEarlier ? (
        <VersionView message={message} />
      ) : (
        <>
          <MessageHead message={message} />
          <MessageBody message={message} />
        </>
      )}
      <div class="row tight wrap message-actions">
        {hasVersions && <VersionSwitch message={message} />}
        {!showsEarlier && content !== "" && <CopyButton text={content} label="Copy the message" />}
      </div>
      {showsEarlier && <Followed message={message} />}
    </article>
  );
}
