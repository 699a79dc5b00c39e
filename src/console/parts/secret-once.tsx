import { CopyButton } from "./copy-button";

/** A secret that the server shows this once. */
export function SecretOnce({ name, secret }: { name: string; secret: string }) {
  return (
    <div class="card stack" role="status">
      <p>
        <strong>{name}</strong> Copy it now: it is not shown again.
      </p>
      <div class="row">
        <code class="secret">{secret}</code>
        <CopyButton kind="plain" text={secret} />
      </div>
    </div>
  );
}
