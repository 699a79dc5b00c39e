import { useState } from "preact/hooks";
import type { CreatedWebhook } from "../../protocol/webhooks";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { SecretOnce } from "../parts/secret-once";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { NewWebhookForm } from "./new-webhook-form";
import { WebhookRow } from "./webhook-row";

export function WebhooksPage() {
  const { client } = useAccount();
  const [made, setMade] = useState<CreatedWebhook>();
  const pages = usePages("webhooks", (cursor) => client.webhooks.list(cursor ? { cursor } : {}));
  const show = (webhook: CreatedWebhook) => {
    setMade(webhook);
    pages.reload();
  };
  return (
    <Page
      title="Webhooks"
      intro="Events sent to an address of yours, signed, at least once, in order per task."
    >
      {made && (
        <SecretOnce
          key={made.secret}
          name={`Signing secret of ${made.url}.`}
          secret={made.secret}
        />
      )}
      <NewWebhookForm onMade={show} />
      <Listing pages={pages} empty="No webhooks yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map((webhook) => (
              <WebhookRow
                key={webhook.id}
                webhook={webhook}
                onChanged={pages.reload}
                onRotated={show}
              />
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}
