import type { Collection } from "../../client";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { COLLECTIONS } from "../routing/route";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { type AnyResource, resourceApi } from "./resource-api";

export const ABOUT: Record<Collection, string> = {
  teams: "A team answers a task: one bot, or a pipeline of several.",
  bots: "A bot is a ghost with a model and a shell.",
  ghosts: "A ghost is a character: its system prompt and its tools.",
  models: "A model is where the words come from.",
  shells:
    "A shell is how a bot runs: in the room, as an agent of your own over HTTP, or as one in the service's code.",
};

export function ResourcesPage({ collection }: { collection: Collection }) {
  const { client } = useAccount();
  const pages = usePages<AnyResource>(collection, (cursor) =>
    resourceApi(client, collection).list(cursor),
  );
  return (
    <Page
      title="Resources"
      intro={ABOUT[collection]}
      actions={
        <Link to={{ at: "new-resource", collection }} class="button primary">
          New
        </Link>
      }
    >
      <nav class="tabs" aria-label="Kinds">
        {COLLECTIONS.map((name) => (
          <Link
            key={name}
            class="nav-link"
            to={{ at: "resources", collection: name }}
            current={name === collection}
          >
            {name}
          </Link>
        ))}
      </nav>
      <Listing pages={pages} empty="None yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map(({ metadata: { namespace, name, displayName, updatedAt } }) => (
              <li key={`${namespace}/${name}`} class="row spread">
                <Link to={{ at: "resource", collection, namespace, name }}>
                  {displayName ?? name}
                </Link>
                <span class="quiet">
                  {namespace}/{name} · <Time at={updatedAt} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}
