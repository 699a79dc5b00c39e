/** What tabs of this console tell one another; the browser lets no other origin hear it. */
const CHANNEL = "taskroom.sign-in";

type Said = { kind: "who"; token?: never } | { kind: "token" | "left"; token: string };

/** Asks the other tabs who is signed in there; the first that answers is heard, for as long as anybody listens. */
export function askOtherTabs(onToken: (token: string) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const said = saidOf(data);
    if (said?.kind !== "token") return;
    channel.close();
    onToken(said.token);
  };
  channel.postMessage({ kind: "who" } satisfies Said);
  return () => channel.close();
}

/** Answers other tabs that ask; hears when one of them signs the same token out. */
export function answerOtherTabs(token: string, onLeft: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const said = saidOf(data);
    if (said?.kind === "who") channel.postMessage({ kind: "token", token } satisfies Said);
    if (said?.kind === "left" && said.token === token) onLeft();
  };
  return () => channel.close();
}

/** Who signs out does so in all tabs. */
export function tellOtherTabs(token: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage({ kind: "left", token } satisfies Said);
  channel.close();
}

/** Tabs may be of different releases. */
function saidOf(data: unknown): Said | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const [kind, token]: unknown[] = [Reflect.get(data, "kind"), Reflect.get(data, "token")];
  if (kind === "who") return { kind };
  if ((kind === "token" || kind === "left") && typeof token === "string") return { kind, token };
  return undefined;
}
