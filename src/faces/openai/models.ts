import type { MODELS } from "../../operations/openai/models";
import { refuse } from "../../protocol/errors";
import { LIMITS } from "../../protocol/limits";
import { refText } from "../../protocol/refs";
import { COLLECTIONS, type ShownResource } from "../../resources/resource";
import { RefusedRequest } from "../../worker/problem";
import { listSeen, readSeen } from "../../worker/resources/read";
import type { Handlers } from "../../worker/serving/handler";
import { seconds } from "./responses/response";
import { teamOf } from "./team";

const { kind } = COLLECTIONS[4];

/** A team as the protocol has models. */
function modelOf({ metadata }: ShownResource) {
  return {
    id: refText(metadata),
    object: "model",
    created: seconds(metadata.createdAt),
    owned_by: metadata.namespace,
  };
}

export const models: Handlers<typeof MODELS> = {
  /** The protocol has no pages here. */
  async list({ c }) {
    const data: ReturnType<typeof modelOf>[] = [];
    let cursor: string | undefined;
    do {
      const page = await listSeen(c, kind, { limit: LIMITS.pageItems, cursor });
      data.push(...page.items.map(modelOf));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return { object: "list", data };
  },

  async read({ c, params }) {
    const team = teamOf(params.model);
    if (!team) throw new RefusedRequest(refuse("not_found", "There is no such model"));
    return modelOf(await readSeen(c, { kind, ...team }));
  },
};
