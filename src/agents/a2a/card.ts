import * as z from "zod";
import { checkTarget } from "../../platform/target";
import { parseJson } from "../../protocol/json";
import { wholeText } from "../remote/agent-body";
import { MalformedAnswer } from "../remote/agent-failure";
import { retryAfterMs } from "../remote/retry-after";
import { OutOfTime, within } from "../within";
import { AgentSilent, AgentStatus, Unusable } from "./fault";
import { version } from "./wire/versions";

/** Milliseconds for a card: a small file. */
const CARD_MS = 15_000;
const WELL_KNOWN = "/.well-known/agent-card.json";
const BINDING = "JSONRPC";

/** How an agent is called, as its card says; kept with what an attempt goes on from. */
export const way = z.object({
  url: z.string(),
  version,
  isStreaming: z.boolean(),
  tenant: z.string().optional(),
});
export type Way = z.infer<typeof way>;

const text = z.string().nullish().catch(undefined);
const offered = z.looseObject({ url: z.string(), protocolVersion: text, tenant: text });
const newForm = offered.extend({ protocolBinding: text });
const oldForm = offered.extend({ transport: text });

const card = z.looseObject({
  capabilities: z.looseObject({ streaming: z.boolean().nullish() }).nullish().catch(undefined),
  supportedInterfaces: z.array(newForm).nullish(),
  // 0.3 has one address of its own and others beside it.
  url: text,
  preferredTransport: text,
  protocolVersion: text,
  additionalInterfaces: z.array(oldForm).nullish(),
});
type Card = z.infer<typeof card>;

/** A Shell's address is that of the card; a bare origin stands for the card that is well known there. */
export function cardUrl(url: URL): URL {
  return url.pathname === "/" ? new URL(WELL_KNOWN, url) : url;
}

/** Reads the card. Throws what `failureOf` takes. */
export async function readCard(url: URL, headers: Headers, signal: AbortSignal): Promise<Way> {
  const read = (limit: AbortSignal) => cardText(url, headers, limit);
  try {
    return wayIn(await within(CARD_MS, signal, read), url);
  } catch (error) {
    throw error instanceof OutOfTime ? new AgentSilent(CARD_MS) : error;
  }
}

async function cardText(url: URL, headers: Headers, signal: AbortSignal): Promise<string> {
  const asked = new Headers(headers);
  asked.set("accept", "application/json");
  const response = await fetch(url, { headers: asked, redirect: "manual", signal });
  if (response.ok) return wholeText(response);
  void response.body?.cancel().catch(() => undefined);
  const wait = retryAfterMs(Object.fromEntries(response.headers));
  throw new AgentStatus(response.status, wait);
}

function wayIn(json: string, from: URL): Way {
  const parsed = parseJson(json);
  const read = card.safeParse(parsed.ok ? parsed.value : undefined);
  if (!read.success) throw new MalformedAnswer("The agent's card cannot be read.");
  const found = newWay(read.data) ?? oldWay(read.data);
  if (!found) {
    throw new Unusable("The agent's card offers no JSON-RPC of A2A 1.0 or 0.3.");
  }
  const { url, tenant } = found;
  return {
    url: URL.canParse(url, from) ? new URL(url, from).href : url,
    version: found.version,
    isStreaming: read.data.capabilities?.streaming === true,
    ...(tenant && { tenant }),
  };
}

type Found = Pick<Way, "url" | "version"> & { tenant?: string | null | undefined };

function newWay({ supportedInterfaces }: Card): Found | undefined {
  const spoken = supportedInterfaces?.filter(
    ({ protocolBinding }) => protocolBinding?.toUpperCase() === BINDING,
  );
  const of = (major: string) =>
    spoken?.find(({ protocolVersion }) => protocolVersion?.startsWith(major));
  const newest = of("1.");
  if (newest) return { ...newest, version: "1.0" };
  const older = of("0.3");
  return older && { ...older, version: "0.3" };
}

function oldWay({ url, protocolVersion, preferredTransport, ...more }: Card): Found | undefined {
  // Older ones than 0.3 called their methods otherwise; those that say nothing are of that time.
  if (!protocolVersion?.startsWith("0.3") || !url) return undefined;
  if ((preferredTransport ?? BINDING).toUpperCase() === BINDING) return { url, version: "0.3" };
  const other = more.additionalInterfaces?.find(
    ({ transport }) => transport?.toUpperCase() === BINDING,
  );
  return other && { url: other.url, version: "0.3" };
}

/**
 * The address of a way that may be called: it is checked as every address of a user's, and headers of the
 * user's go to the origin alone that the user has named. Throws `Unusable`.
 */
export function addressOf(
  { url }: Way,
  { named, ownHeaders, allowPrivate }: { named: URL; ownHeaders: number; allowPrivate: boolean },
): URL {
  const target = checkTarget(url, { allowPrivate });
  if (!target.ok) throw new Unusable(`The address in the agent's card ${target.reason}.`);
  if (target.url.origin !== named.origin && ownHeaders > 0) {
    throw new Unusable(
      "The agent's card names an address at another origin, where the Shell's headers are not sent.",
    );
  }
  return target.url;
}
