import type { Delivery } from "../../protocol/webhooks";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Problem } from "../parts/problem";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";
import { usePages } from "../state/use-pages";
import { useOutcome } from "./use-outcome";

const TONES = { pending: "busy", delivered: "good", failed: "bad" } as const;

export function DeliveriesPage({ webhookId }: { webhookId: string }) {
  const { client } = useAccount();
  const pages = usePages(webhookId, (cursor) =>
    client.webhooks.deliveries(webhookId, cursor ? { cursor } : {}),
  );
  const { run, busy, error } = useAction();
  const put = (fresh: Delivery[]) =>
    pages.change((items) => items.map((item) => fresh.find(({ id }) => id === item.id) ?? item));
  const watch = useOutcome(webhookId, put);
  const retry = (id: string) =>
    run(async () => {
      const { delivery } = await client.webhooks.redeliver(webhookId, id);
      put([delivery]);
      watch(delivery);
    });
  return (
    <Page
      title="Deliveries"
      intro={webhookId}
      actions={
        <>
          <Link to={{ at: "webhooks" }}>All webhooks</Link>
          <Button onClick={pages.reload}>Refresh</Button>
        </>
      }
    >
      <Problem error={error} />
      <Listing pages={pages} empty="Nothing was sent yet.">
        {(items) => (
          <ul class="plain-list rows">
            {items.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} busy={busy} onRetry={retry} />
            ))}
          </ul>
        )}
      </Listing>
    </Page>
  );
}

type RowProps = { delivery: Delivery; busy: boolean; onRetry: (id: string) => void };

function DeliveryRow({ delivery, busy, onRetry }: RowProps) {
  const { id, type, status, attempts, createdAt, lastStatus, nextAttemptAt } = delivery;
  return (
    <li class="row spread wrap">
      <span class="row wrap">
        <Badge tone={TONES[status]}>{status}</Badge>
        <strong>{type}</strong>
        <span class="quiet">{id}</span>
      </span>
      <span class="row">
        <span class="quiet">
          <Time at={createdAt} /> · {attempts} {attempts === 1 ? "attempt" : "attempts"}
          {lastStatus !== undefined && ` · HTTP ${lastStatus}`}
          {nextAttemptAt && <> · next {<Time at={nextAttemptAt} />}</>}
        </span>
        {status !== "delivered" && (
          <Button busy={busy} label={`Retry ${id}`} onClick={() => onRetry(id)}>
            Retry
          </Button>
        )}
      </span>
    </li>
  );
}
