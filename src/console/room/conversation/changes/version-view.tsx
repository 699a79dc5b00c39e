import type { Message } from "../../../../client";
import { CopyButton } from "../../../parts/copy-button";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";
import { MessageBody, MessageHead } from "../message-body";
import { lastAnswers } from "./anew";
import { useVersions } from "./use-versions";
import { VersionSwitch } from "./version-switch";
import { type Placed, placeOf, type Version } from "./versions";

/** An earlier version in a message's place, with what followed it then: to be read alone. */
export function VersionView({ message }: { message: Placed }) {
  const { earlier, index, shown } = useVersions(message);
  if (!shown) return null;
  return (
    <section class="version" aria-label={`Version ${index + 1} of ${earlier.length + 1}`}>
      <p class="quiet">
        {shown.length > 1 && message.role === "user"
          ? "An earlier version, and what followed it. The conversation goes on from the newest."
          : "An earlier version. The conversation goes on from the newest."}
      </p>
      <OldMessages version={shown} />
    </section>
  );
}

function OldMessages({ version }: { version: Version }) {
  const lasts = lastAnswers(version);
  return (
    <>
      {version.map((message) => (
        <OldMessage
          key={message.id}
          message={message}
          isLast={lasts.get(message.turnId) === message.id}
        />
      ))}
    </>
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
  const showsEarlier = useSelected(former, ({ chosen }) => chosen.has(place));
  return (
    <article class={`message ${role} ${status}`}>
      {hasVersions && showsEarlier ? (
        <VersionView message={message} />
      ) : (
        <>
          <MessageHead message={message} />
          <MessageBody message={message} />
        </>
      )}
      <div class="row tight wrap message-actions">
        {hasVersions && <VersionSwitch message={message} />}
        {content !== "" && <CopyButton text={content} label="Copy the message" />}
      </div>
    </article>
  );
}
