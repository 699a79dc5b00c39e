import { ProviderRefused } from "../../refusal/model-fault";

type Send = (url: string) => Promise<Response>;

const MOST_KNOWN = 100;
/** Which of two addresses was the right one, by the first; for as long as the isolate lives. */
const known = new Map<string, string>();

/** The answer of the first address that exists. Throws what `send` throws for it. */
export async function firstAnswer(
  [first, second]: readonly [string, string?],
  send: Send,
): Promise<Response> {
  if (second === undefined) return send(first);
  const right = known.get(first);
  if (right !== undefined) return send(right);
  const given = await answerIfThere(first, send);
  const response = given ?? (await send(second));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(first, given ? first : second);
  return response;
}

/** `undefined` where nothing is there. */
async function answerIfThere(url: string, send: Send): Promise<Response | undefined> {
  try {
    const response = await send(url);
    if (!isPage(response)) return response;
    void response.body?.cancel().catch(() => {});
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return undefined;
}

/** Servers with a page for everything answer with it where they have no such address. */
function isPage(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** A model that is not there says so by its code; an address that is not there says nothing. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof ProviderRefused)) return false;
  const { httpStatus, reason } = error.refusal;
  return (httpStatus === 404 || httpStatus === 405) && reason === undefined;
}
