import { useState } from "preact/hooks";
import { Button } from "./button";

/** A secret that the server shows this once. */
export function SecretOnce({ name, secret }: { name: string; secret: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <div class="card stack" role="status">
      <p>
        <strong>{name}</strong> Copy it now: it is not shown again.
      </p>
      <div class="row">
        <code class="secret">{secret}</code>
        <Button onClick={copy}>{copied ? "Copied" : "Copy"}</Button>
      </div>
    </div>
  );
}
