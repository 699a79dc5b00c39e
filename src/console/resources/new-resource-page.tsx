import type { Collection } from "../../client";
import { Page } from "../parts/page";
import { navigate } from "../routing/navigate";
import { useAccount } from "../state/account";
import { TEMPLATES } from "./fields";
import { resourceApi } from "./resource-api";
import { ResourceEditor } from "./resource-editor";
import { ABOUT } from "./resources-page";

export function NewResourcePage({ collection }: { collection: Collection }) {
  const { client } = useAccount();
  return (
    <Page title={`New ${collection.slice(0, -1)}`} intro={ABOUT[collection]}>
      <ResourceEditor
        collection={collection}
        initial={{ metadata: { name: "" }, spec: TEMPLATES[collection] }}
        isNew
        save={async (body) => {
          const { metadata } = await resourceApi(client, collection).create(body);
          const { namespace, name } = metadata;
          navigate({ at: "resource", collection, namespace, name });
        }}
      />
    </Page>
  );
}
