import type { CreatedWebhook, Webhook } from "../../protocol/webhooks";
import { Badge } from "../parts/badge";
import { Button } from "../parts/button";
import { DeleteButton } from "../parts/delete-button";
import { Problem } from "../parts/problem";
import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { navigate } from "../routing/navigate";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";

type Props = {
  webhook: Webhook;
  onChanged: () => void;
  onRotated: (webhook: CreatedWebhook) => void;
};

export function WebhookRow({ webhook, onChanged, onRotated }: Props) {
  const { id, url, events, status, reason, previousSecretUntil } = webhook;
  return (
    <li class="stack tight">
      <span class="row spread wrap">
        <span class="row wrap">
          <strong class="address">{url}</strong>
          <Badge tone={status === "active" ? "good" : "bad"}>{status}</Badge>
        </span>
        <Link to={{ at: "webhook", webhookId: id }}>Deliveries</Link>
      </span>
      <span class="quiet">{events.join(", ")}</span>
      {reason && <span class="issue">{reason}</span>}
      {previousSecretUntil && (
        <span class="quiet">
          The secret before this one signs too, until <Time at={previousSecretUntil} />.
        </span>
      )}
      <WebhookActions {...{ webhook, onChanged, onRotated }} />
    </li>
  );
}

function WebhookActions({ webhook, onChanged, onRotated }: Props) {
  const { client } = useAccount();
  const { run, busy, error } = useAction();
  const { id, url, status } = webhook;
  const next = status === "active" ? "paused" : "active";
  const turn = status === "active" ? "Pause" : "Resume";
  const test = async () => {
    await client.webhooks.test(id);
    navigate({ at: "webhook", webhookId: id });
  };
  const set = async () => {
    await client.webhooks.patch(id, { status: next });
    onChanged();
  };
  return (
    <>
      <span class="row wrap">
        <Button busy={busy} label={`Test ${url}`} onClick={() => run(test)}>
          Test
        </Button>
        <Button busy={busy} label={`${turn} ${url}`} onClick={() => run(set)}>
          {turn}
        </Button>
        <DeleteButton
          name={`the secret of ${url}`}
          verb="Rotate"
          consequence="A new secret is shown once. The one you have signs too for 24 hours."
          remove={async () => onRotated(await client.webhooks.rotateSecret(id))}
          onRemoved={onChanged}
        />
        <DeleteButton
          name={url}
          verb="Delete"
          consequence="Nothing more is sent there, and what waits is dropped."
          remove={() => client.webhooks.delete(id)}
          onRemoved={onChanged}
        />
      </span>
      <Problem error={error} />
    </>
  );
}
