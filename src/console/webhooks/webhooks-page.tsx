import { useState } from "preact/hooks";
import type { CreatedWebhook } from "../../protocol/webhooks";
import { Badge } from "../parts/badge";
import { DeleteButton } from "../parts/delete-button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { SecretOnce } from "../parts/secret-once";
import { Link } from "../routing/link";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";
import { NewWebhookForm } from "./new-webhook-form";

export function WebhooksPage() {
  const { client } = useAccount();
  const [made, setMade] = useState<CreatedWebhook>();
  const pages = usePages("webhooks", (cursor) => client.webhooks.list(cursor ? { cursor } : {}));
  return (
    <Page
      title="Webhooks"
      intro="Events sent to an address of yours, signed, at least once, in order per task."
    >
      {made && (
        <SecretOnce key={made.id} name={`Signing secret of ${made.url}.`} secret={made.secret} />
      )}
      <NewWebhookForm
        onMade={(webhook) => {
          setMade(webhook);
          pages.reload();
        }}
      />
      <Listing pages={pages} empty="No webhooks yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map(({ id, url, events, status, reason }) => (
              <li key={id} class="stack tight">
                <span class="row spread wrap">
                  <span class="row wrap">
                    <strong class="address">{url}</strong>
                    <Badge tone={status === "active" ? "good" : "bad"}>{status}</Badge>
                  </span>
                  <span class="row">
                    <Link to={{ at: "webhook", webhookId: id }}>Deliveries</Link>
                    <DeleteButton
                      name={url}
                      verb="Delete"
                      consequence="Nothing more is sent there, and what waits is dropped."
                      remove={() => client.webhooks.delete(id)}
                      onRemoved={pages.reload}
                    />
                  </span>
                </span>
                <span class="quiet">{events.join(", ")}</span>
                {reason && <span class="issue">{reason}</span>}
              </li>
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}
