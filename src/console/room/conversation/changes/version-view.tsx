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
  if (message.role !== "user") {
    return (
      <section class="version" aria-label="An earlier version">
        {shown.map((answer) => (
          <OldMessage key={answer.id} message={answer} hasVersions={false} />
        ))}
      </section>
    );
  }
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
  return <OldMessages messages={after} />;
}

function OldMessages({ messages }: { messages: readonly Message[] }) {
  const { former } = useRoom();
  const gone = useSelected(former, (state) => state.gone);
  const lasts = lastAnswers(messages);
  const hasVersions = ({ id, role, turnId, replaces }: Message) =>
    role === "assistant" ? lasts.get(turnId) === id && gone.has(turnId) : replaces !== undefined;
  return (
    <section class="version" aria-label="What followed it then">
      {messages.map((message) => (
        <OldMessage key={message.id} message={message} hasVersions={hasVersions(message)} />
      ))}
    </section>
  );
}

type OldProps = {
  message: Message;
  /** It took the place of another in its turn. */
  hasVersions: boolean;
};

/** To be read alone. */
function OldMessage({ message, hasVersions }: OldProps) {
  const { former } = useRoom();
  const { role, status, content } = message;
  const place = placeOf(message);
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
