import { useState } from "preact/hooks";
import { createClient, TaskroomError } from "../../client";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { identityOf } from "./identity";

type Props = {
  /** Why one is here again. */
  notice: string | undefined;
  /** A token that a link has brought. */
  offered: string | undefined;
  onToken: (token: string, lasting: boolean) => void;
};

export function SignIn({ notice, offered = "", onToken }: Props) {
  const [token, setToken] = useState(offered);
  const [lasting, setLasting] = useState(false);
  const [problem, setProblem] = useState(notice);
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const refusal = await refusalOf(token.trim());
    setBusy(false);
    if (refusal) setProblem(refusal);
    else onToken(token.trim(), lasting);
  };

  return (
    <main class="sign-in">
      <h1>
        <img src="/icon.svg" alt="" width="36" height="36" /> Taskroom
      </h1>
      <p class="lead">
        Every AI task has a room. In it, people and models work on one ordered log, and whoever
        loses the connection comes back to exactly the same place.
      </p>
      {offered && (
        <p class="quiet">
          The link that you followed signs in as {identityOf(offered).userId ?? "whom it names"}. Go
          on if you trust who gave it to you.
        </p>
      )}
      <form class="card stack" onSubmit={submit}>
        <Field label="Access token" issues={problem ? [problem] : []}>
          {(control) => (
            <input
              {...control}
              type="password"
              autocomplete="off"
              spellcheck={false}
              required
              autofocus
              value={token}
              onInput={(event) => setToken(event.currentTarget.value)}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={lasting}
            onChange={(event) => setLasting(event.currentTarget.checked)}
          />
          Keep me signed in on this device
        </label>
        <Button kind="primary" type="submit" busy={busy}>
          Sign in
        </Button>
      </form>
      <p class="quiet">
        On your own machine, <code>npm start</code> has printed a link that signs in; this makes a
        token for anybody else:
      </p>
      <pre>
        <code>npm run -s token -- --sub alice</code>
      </pre>
      <p class="quiet">
        An API key (<code>trk_…</code>) works as well. <a href="/docs">The API</a>
      </p>
    </main>
  );
}

/** Why the server refuses a token; nothing when it takes it. */
async function refusalOf(token: string): Promise<string | undefined> {
  // A header's value; anything else would fail before it is sent.
  if (!/^[\x21-\x7e]+$/.test(token)) return "A token is one word, without spaces.";
  try {
    await createClient({ url: location.origin, token }).tasks.list({ limit: 1 });
    return undefined;
  } catch (error) {
    if (!(error instanceof TaskroomError)) throw error;
    if (error.code !== "unauthorized") return error.detail;
    return "The server does not accept this token: is it whole, and not expired?";
  }
}
