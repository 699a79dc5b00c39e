import { useState } from "preact/hooks";
import type { Collection } from "../../client";
import { DeleteButton } from "../parts/delete-button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Link } from "../routing/link";
import { navigate } from "../routing/navigate";
import { useAccount } from "../state/account";
import { type Pages, usePages } from "../state/use-pages";
import { type AnyResource, resourceApi } from "./resource-api";
import { ResourceEditor } from "./resource-editor";
import { serversIn, TestButton } from "./test-button";

type Props = { collection: Collection; namespace: string; name: string };

export function ResourcePage({ collection, namespace, name }: Props) {
  const { client, me } = useAccount();
  const [saved, setSaved] = useState(false);
  // An API key does not say what it may; the server does.
  const isAdmin = me.scope?.split(" ").includes("admin");
  const isReadOnly = namespace === "system" && me.userId !== undefined && !isAdmin;
  const api = resourceApi(client, collection);
  const pages = usePages<AnyResource>(`${collection}/${namespace}/${name}`, async () => ({
    items: [await api.get(namespace, name)],
    nextCursor: null,
  }));
  return (
    <Page
      title={`${namespace}/${name}`}
      intro={`One of the ${collection}.${namespace === "system" ? " It ships with the service; an admin may change it." : ""}`}
      actions={
        <>
          <Link to={{ at: "resources", collection }}>All {collection}</Link>
          {!isReadOnly && (
            <DeleteButton
              name={name}
              verb="Delete"
              consequence="What refers to it keeps it from being deleted; turns that run go on with it."
              remove={() => api.remove(namespace, name)}
              onRemoved={() => navigate({ at: "resources", collection })}
            />
          )}
        </>
      }
    >
      <p role="status" class="quiet">
        {saved && "Saved."}
      </p>
      <Listing pages={pages} empty="">
        {([item]) =>
          item && (
            <ResourceEditor
              key={item.metadata.resourceVersion}
              collection={collection}
              initial={{ metadata: item.metadata, spec: item.spec }}
              isNew={false}
              disabled={isReadOnly}
              save={async (body) => {
                const next = await api.replace(namespace, name, body);
                setSaved(true);
                pages.change(() => [next]);
              }}
            />
          )
        }
      </Listing>
      {!isReadOnly && <Tests {...{ collection, namespace, name, pages }} />}
    </Page>
  );
}

type TestsProps = Props & { pages: Pages<AnyResource> };

/** Of what other servers have to do: as it is stored, so it comes after what is saved. */
function Tests({ collection, namespace, name, pages }: TestsProps) {
  const { client } = useAccount();
  const api = resourceApi(client, collection);
  const [item] = pages.items ?? [];
  if (!item || (collection !== "models" && collection !== "ghosts")) return null;
  const servers = collection === "ghosts" ? serversIn(item.spec) : [];
  if (collection === "ghosts" && servers.length === 0) return null;
  return (
    <section class="card stack" aria-label="Tests">
      <p class="quiet">Asks with what is stored, also with its keys: save first.</p>
      {collection === "models" && (
        <TestButton name={name} test={() => api.test(namespace, name, {})} />
      )}
      {servers.map((server) => (
        <TestButton key={server} name={server} test={() => api.test(namespace, name, { server })} />
      ))}
    </section>
  );
}
