import { LIMITS } from "../../protocol/limits";
import { namespace, resourceName } from "../../protocol/refs";
import type { Face } from "../operation";
import { rpcRequest } from "./envelope";

const tag = "A2A";
const team = { tag, params: { namespace, team: resourceName } } as const;

/** A2A 1.0, its JSON-RPC binding: each team is an agent. */
export const A2A = {
  below: ["/a2a", "/.well-known/agent-card.json"],
  via: "a2a",
  groups: {
    cards: {
      wellKnown: {
        id: "a2aWellKnownCard",
        tag,
        method: "get",
        path: "/.well-known/agent-card.json",
        summary: "Read the card of `system/assistant`",
        scope: "open",
        status: 200,
      },
      ofTeam: {
        ...team,
        id: "a2aCard",
        method: "get",
        path: "/a2a/{namespace}/{team}/agent-card.json",
        summary: "Read a team's card",
        // Those of `system` are everybody's; for others the handler asks who it is.
        scope: "open",
        status: 200,
      },
    },
    agent: {
      call: {
        ...team,
        id: "a2aCall",
        method: "post",
        path: "/a2a/{namespace}/{team}",
        summary: "Call a method of a team",
        // The method says what it takes: some only read.
        scope: "read",
        body: rpcRequest,
        bodyBytes: LIMITS.faceBodyBytes,
        besideTexts: LIMITS.bodyBytes,
        status: 200,
        media: "text/event-stream",
      },
    },
  },
} as const satisfies Face;
