import { useState } from "preact/hooks";
import type { Message } from "../../../../client";
import { Problem } from "../../../parts/problem";
import { Time } from "../../../parts/time";
import { useAccount } from "../../../state/account";
import { useAction } from "../../../state/use-action";
import { AttachedFiles } from "../../files/attached-files";
import { Markdown } from "../markdown/markdown";
import { Speaker } from "../speaker";
import { versionsOf } from "./versions";

/** Messages before it that are looked through. */
const LOOKED_AT = 200;

/** What stood in a message's place before, for who asks. */
export function VersionsView({ message }: { message: Message }) {
  const { client } = useAccount();
  const [versions, setVersions] = useState<Message[][]>();
  const { run, busy, error } = useAction();
  const load = () =>
    run(async () => {
      const query = { superseded: true, before: message.id, limit: LOOKED_AT };
      const { items } = await client.tasks.messages(message.taskId, query);
      setVersions(versionsOf(message, items));
    });
  return (
    <details
      class="thinking versions"
      onToggle={(event) => event.currentTarget.open && !versions && load()}
    >
      <summary>Earlier versions</summary>
      {busy && <p class="quiet">Loading…</p>}
      {versions?.length === 0 && <p class="quiet">None that is kept.</p>}
      <ol class="plain-list stack tight">
        {versions?.map((version) => (
          <li key={version[0]?.id}>
            {version.map((old) => (
              <OldMessage key={old.id} message={old} />
            ))}
          </li>
        ))}
      </ol>
      <Problem error={error} />
    </details>
  );
}

function OldMessage({ message }: { message: Message }) {
  const { author, bot, role, content, createdAt, attachments } = message;
  return (
    <article>
      <div class="row spread">
        <Speaker name={author?.name ?? author?.userId ?? bot ?? role} by={role} />
        <span class="quiet">
          <Time at={createdAt} />
        </span>
      </div>
      <Markdown text={content} />
      <AttachedFiles files={attachments} />
    </article>
  );
}
