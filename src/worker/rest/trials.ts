import { findResource } from "../../history/resources";
import type { TRIALS } from "../../operations/rest/trials";
import { refuse } from "../../protocol/errors";
import type { Ref } from "../../protocol/refs";
import type { Resource, ResourceId, ResourceKind, ResourceOf } from "../../resources/resource";
import { sealedResource } from "../../resources/sealed-resource";
import { systemResource } from "../../resources/system-resources";
import type { AppContext, OwnTrials, TrialDoors } from "../context";
import { settingsOf } from "../current-settings";
import { RefusedRequest } from "../problem";
import { mustWrite } from "../resources/access";
import { storeOf } from "../resources/read";
import type { Handlers } from "../serving/handler";

/** Whoever may change a resource may try it: it costs what its keys pay for. */
export const trials: Handlers<typeof TRIALS> = {
  model: {
    before: ({ principal, params }) => mustWrite(principal, params.namespace),
    work: async ({ c, params }) => {
      const model = await stored(c, "Model", params);
      return trialsOf(c).model(doorsOf(c), model);
    },
  },

  server: {
    before: ({ principal, params }) => mustWrite(principal, params.namespace),
    work: async ({ c, params, body: { server } }) => {
      const tried = await trialsOf(c).server(doorsOf(c), await stored(c, "Ghost", params), server);
      if (tried) return tried;
      const issues = [{ path: "server", message: "the ghost has no MCP server of that name" }];
      throw new RefusedRequest(refuse("invalid_request", "The body is not valid", { issues }));
    },
  },
};

function trialsOf({ var: { trials: given } }: AppContext): OwnTrials {
  if (given) return given;
  throw new RefusedRequest(refuse("unavailable", "Resources cannot be tried here"));
}

function doorsOf(c: AppContext): TrialDoors {
  return { settings: settingsOf(c.env), ai: c.env.AI };
}

/** As agents take it. Throws `not_found`. */
async function stored<Kind extends ResourceKind>(
  c: AppContext,
  kind: Kind,
  { namespace, name }: Ref,
): Promise<ResourceOf<Kind>> {
  const id: ResourceId = { kind, namespace, name };
  const { db, settings } = storeOf(c);
  const found = await findResource(db, id);
  const resource = found ? sealedResource(found) : systemResource(settings, id);
  if (resource && isOf(resource, kind)) return resource;
  throw new RefusedRequest(refuse("not_found", "There is no such resource"));
}

function isOf<Kind extends ResourceKind>(
  resource: Resource,
  kind: Kind,
): resource is Resource & ResourceOf<Kind> {
  return resource.kind === kind;
}
