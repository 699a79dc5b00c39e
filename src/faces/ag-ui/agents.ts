import { refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import { type Ref, ref, refText } from "../../protocol/refs";
import { COLLECTIONS } from "../../resources/resource";
import type { AppContext } from "../../worker/context";
import { RefusedRequest } from "../../worker/problem";
import { listSeen } from "../../worker/resources/read";

const { kind } = COLLECTIONS[4];

/** What the teams of this service do, in the protocol's words for it. */
const CAPABILITIES = {
  transport: { streaming: true, resumable: true },
  tools: { supported: true, clientProvided: true },
  reasoning: { supported: true, streaming: true },
  humanInTheLoop: { supported: true, approvals: true, interrupts: true },
};

/** Where the deployment keeps files. */
const WITH_FILES = {
  multimodal: { input: { image: true, audio: true, video: true, pdf: true, file: true } },
};

/** The teams that the caller sees, as CopilotKit's client knows agents. */
export async function info(c: AppContext) {
  const agents: [string, object][] = [];
  let cursor: string | undefined;
  do {
    const page = await listSeen(c, kind, { limit: LIMITS.pageItems, cursor });
    agents.push(...page.items.map(({ metadata }) => agentOf(c, metadata)));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { mode: "sse", agents: Object.fromEntries(agents) };
}

function agentOf(c: AppContext, team: Ref): [string, object] {
  const name = refText(team);
  const capabilities = { ...CAPABILITIES, ...(c.env.FILES && WITH_FILES) };
  return [name, { name, description: `The team ${name}`, capabilities }];
}

/** The team that an agent's id names. Throws `not_found` where it is none. */
export function teamOf(agentId: string): Ref {
  const cut = agentId.lastIndexOf("/");
  const read = ref.safeParse({ namespace: agentId.slice(0, cut), name: agentId.slice(cut + 1) });
  if (read.success) return read.data;
  throw new RefusedRequest(refuse("not_found", "There is no such team"));
}
