import { useState } from "preact/hooks";
import type { Scope } from "../../client";
import type { CreatedApiKey } from "../../protocol/rest/api-keys";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { Problem } from "../parts/problem";
import { useAccount } from "../state/account";
import { useAction } from "../state/use-action";

const SCOPES: { scope: Scope; may: string }[] = [
  { scope: "write", may: "write: everything you may" },
  { scope: "read", may: "read: only look" },
  { scope: "admin", may: "admin: the service itself" },
];

export function NewKeyForm({ onMade }: { onMade: (key: CreatedApiKey) => void }) {
  const { client } = useAccount();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Scope>("write");
  const [expires, setExpires] = useState("");
  const { run, busy, error } = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const expiresAt = expires && new Date(`${expires}T23:59:59`).toISOString();
      onMade(
        await client.apiKeys.create({ name, scopes: [scope], ...(expiresAt && { expiresAt }) }),
      );
      setName("");
    });
  };
  return (
    <form class="card stack" onSubmit={submit}>
      <h2>New key</h2>
      <Field label="Name">
        {(control) => (
          <input
            {...control}
            required
            maxLength={100}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="row wrap">
        <Field label="Scope">
          {(control) => (
            <select
              {...control}
              value={scope}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setScope(SCOPES.find((known) => known.scope === value)?.scope ?? "read");
              }}
            >
              {SCOPES.map((known) => (
                <option key={known.scope} value={known.scope}>
                  {known.may}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Expires (optional)">
          {(control) => (
            <input
              {...control}
              type="date"
              max="9999-12-31"
              value={expires}
              onInput={(event) => setExpires(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <Problem error={error} />
      <div class="row">
        <Button kind="primary" type="submit" busy={busy}>
          Make a key
        </Button>
      </div>
    </form>
  );
}
