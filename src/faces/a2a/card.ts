import type { A2A } from "../../operations/a2a/face";
import { refText } from "../../protocol/refs";
import { COLLECTIONS, type ShownResource, SYSTEM_NAMESPACE } from "../../resources/resource";
import type { AppContext } from "../../worker/context";
import { authentication } from "../../worker/middleware/authentication";
import { rateLimit } from "../../worker/middleware/rate-limit";
import { publicOrigin } from "../../worker/public-url";
import { readSeen } from "../../worker/resources/read";
import { readSystem } from "../../worker/resources/read-system";
import { Answer, type Handlers } from "../../worker/serving/handler";

const { kind } = COLLECTIONS[4];
/** Seconds for which a card may be kept. */
const KEPT_S = 60;
const TEXT = ["text/plain"];
/** What is taken and given besides, where the deployment keeps files: these, and whatever else by its bytes. */
const FILES = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"];
const ANY = "application/octet-stream";

/** What the protocol wants to be told of an agent before it is called. */
function cardOf(c: AppContext, { metadata, ...team }: ShownResource) {
  const origin = publicOrigin(c);
  const { namespace, name, displayName, resourceVersion } = metadata;
  const spec = team.kind === "Team" ? team.spec : undefined;
  const description = spec?.description || `The team ${refText(metadata)}`;
  const roles = spec?.members.map(({ role }) => role) ?? [];
  const modes = c.env.FILES ? [...TEXT, ...FILES, ANY] : TEXT;
  const title = displayName ?? refText(metadata);
  return {
    name: title,
    description,
    version: resourceVersion,
    documentationUrl: `${origin}/docs`,
    supportedInterfaces: [
      {
        url: `${origin}/a2a/${encodeURIComponent(namespace)}/${name}`,
        protocolBinding: "JSONRPC",
        protocolVersion: "1.0",
      },
    ],
    capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: false },
    securitySchemes: {
      bearer: {
        httpAuthSecurityScheme: { scheme: "Bearer", description: "A JWT, or an API key (trk_…)" },
      },
    },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    defaultInputModes: modes,
    defaultOutputModes: modes,
    skills: [{ id: name, name: title, description, tags: [...new Set(roles)] }],
  };
}

export const cards: Handlers<typeof A2A.groups.cards> = {
  async wellKnown({ c }) {
    return ofSystem(c, "assistant");
  },

  async ofTeam({ c, params: { namespace, team: name } }) {
    if (namespace === SYSTEM_NAMESPACE) return ofSystem(c, name);
    for (const guard of [authentication, rateLimit]) await guard(c, async () => undefined);
    const team = await readSeen(c, { kind, namespace, name });
    return new Answer(cardOf(c, team), { headers: keptFor("private") });
  },
};

async function ofSystem(c: AppContext, name: string): Promise<Answer> {
  const team = await readSystem(c, { kind, name });
  return new Answer(cardOf(c, team), { headers: keptFor("public") });
}

function keptFor(whom: "public" | "private"): Record<string, string> {
  return { "Cache-Control": `${whom}, max-age=${KEPT_S}` };
}
