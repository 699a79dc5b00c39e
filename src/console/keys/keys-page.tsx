import { useState } from "preact/hooks";
import type { CreatedApiKey } from "../../protocol/rest/api-keys";
import { DeleteButton } from "../parts/delete-button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { SecretOnce } from "../parts/secret-once";
import { Time } from "../parts/time";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { NewKeyForm } from "./new-key-form";

export function KeysPage() {
  const { client } = useAccount();
  const [made, setMade] = useState<CreatedApiKey>();
  const pages = usePages("keys", (cursor) => client.apiKeys.list(cursor ? { cursor } : {}));
  return (
    <Page title="API keys" intro="For programs that act for you. A revoked key stops at once.">
      {made && <SecretOnce key={made.id} name={`Key “${made.name}”.`} secret={made.key} />}
      <NewKeyForm
        onMade={(key) => {
          setMade(key);
          pages.reload();
        }}
      />
      <Listing pages={pages} empty="No keys yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map(({ id, name, scopes, createdAt, expiresAt, lastUsedAt }) => (
              <li key={id} class="row spread wrap">
                <span>
                  <strong>{name}</strong> <span class="quiet">{scopes.join(", ")}</span>
                </span>
                <span class="row">
                  <span class="quiet">
                    made <Time at={createdAt} />
                    {lastUsedAt && <>, used {<Time at={lastUsedAt} />}</>}
                    {expiresAt && <>, expires {<Time at={expiresAt} />}</>}
                  </span>
                  <DeleteButton
                    name={name}
                    verb="Revoke"
                    consequence="Whatever uses it is refused from now on, and its sockets close."
                    remove={() => client.apiKeys.revoke(id)}
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
