import { Badge } from "../parts/badge";
import { DeleteButton } from "../parts/delete-button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { useTitles } from "./use-titles";

const TONES = { connected: "good", away: "calm", expired: "bad" } as const;

export function SessionsPage() {
  const { client } = useAccount();
  const titles = useTitles();
  const pages = usePages("sessions", (cursor) => client.sessions.list(cursor ? { cursor } : {}));
  return (
    <Page
      title="Sessions"
      intro="A session is your place in a task. It outlives reloads and lost connections, and ends two hours after its last activity."
    >
      <Listing pages={pages} empty="You have not been in any room lately.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map(({ id, taskId, state, connections, lastActiveAt, expiresAt }) => (
              <li key={id} class="row spread wrap">
                <span class="row">
                  <Badge tone={TONES[state]}>{state}</Badge>
                  <span class="place">
                    <Link to={{ at: "task", taskId, view: "conversation" }}>
                      {titles.get(taskId) ?? taskId}
                    </Link>
                    {titles.has(taskId) && <span class="quiet">{taskId}</span>}
                  </span>
                </span>
                <span class="row">
                  <span class="quiet">
                    {connections} {connections === 1 ? "connection" : "connections"} · active{" "}
                    <Time at={lastActiveAt} /> · ends <Time at={expiresAt} />
                  </span>
                  <DeleteButton
                    name={id}
                    verb="Revoke"
                    consequence="Its connections close, and it cannot be resumed."
                    remove={() => client.sessions.revoke(id)}
                    onRemoved={pages.reload}
                  />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}
