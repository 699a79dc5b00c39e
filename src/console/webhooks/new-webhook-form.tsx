import { useState } from "preact/hooks";
import type { UserEventType } from "../../protocol/user-events";
import type { CreatedWebhook } from "../../protocol/webhooks";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { Problem } from "../parts/problem";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";

const EVENTS: UserEventType[] = [
  "task:created",
  "task:status",
  "task:deleted",
  "task:shared",
  "turn:waiting",
  "notification",
];

export function NewWebhookForm({ onMade }: { onMade: (webhook: CreatedWebhook) => void }) {
  const { client } = useAccount();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<UserEventType[]>(["task:status"]);
  const { run, busy, error } = useAction();
  const atUrl = error?.issues?.filter(({ path }) => path === "url").map(({ message }) => message);
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      onMade(await client.webhooks.create({ url: url.trim(), events }));
      setUrl("");
    });
  };
  const toggle = (type: UserEventType) =>
    setEvents((old) => EVENTS.filter((known) => old.includes(known) !== (known === type)));
  return (
    <form class="card stack" onSubmit={submit}>
      <h2>New webhook</h2>
      <Field label="Address" {...(atUrl && { issues: atUrl })}>
        {(control) => (
          <input
            {...control}
            required
            inputMode="url"
            spellcheck={false}
            placeholder="https://…"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="row wrap">
        <legend>Events</legend>
        {EVENTS.map((type) => (
          <label key={type} class="check">
            <input type="checkbox" checked={events.includes(type)} onChange={() => toggle(type)} />
            {type}
          </label>
        ))}
      </fieldset>
      {!atUrl?.length && <Problem error={error} />}
      <div class="row">
        <Button kind="primary" type="submit" busy={busy} disabled={events.length === 0}>
          Make a webhook
        </Button>
      </div>
    </form>
  );
}
