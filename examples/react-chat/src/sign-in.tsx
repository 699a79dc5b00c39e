import { type FormEvent, useState } from "react";
import { createClient, type Taskroom, TaskroomError } from "taskroom/client";

/** In a real page your own backend gives the token; this one asks for it. */
export function SignIn({ onClient }: { onClient: (client: Taskroom) => void }) {
  const [problem, setProblem] = useState<string>();

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "");
    try {
      const client = createClient({ url: "/", token });
      await client.usage();
      onClient(client);
    } catch (error) {
      if (!(error instanceof TaskroomError)) throw error;
      setProblem(error.detail);
    }
  }

  return (
    <form onSubmit={signIn}>
      <input name="token" type="password" aria-label="Token" autoComplete="off" />
      <button type="submit">Sign in</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
