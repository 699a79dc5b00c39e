import { findResource } from "../../history/resources";
import { refuse } from "../../protocol/errors";
import { type ResourceKind, type ShownResource, SYSTEM_NAMESPACE } from "../../resources/resource";
import { systemResource } from "../../resources/system-resources";
import type { AppContext } from "../context";
import { mayTry } from "../limits/strangers";
import { tooMany } from "../limits/wall";
import { RefusedRequest } from "../problem";
import { storeOf } from "./read";
import { masked, shownShipped } from "./shown";

/** A resource of `system` for those who need not say who they are. Throws `not_found`, `rate_limited`. */
export async function readSystem(
  c: AppContext,
  { kind, name }: { kind: ResourceKind; name: string },
): Promise<ShownResource> {
  if (!(await mayTry(c.req.raw, c.env, { attempt: "system", now: Date.now() }))) {
    throw new RefusedRequest(tooMany("Too many looks without a credential"));
  }
  const { db, settings } = storeOf(c);
  const id = { kind, namespace: SYSTEM_NAMESPACE, name };
  const stored = await findResource(db, id);
  if (stored) return masked(stored);
  const shipped = systemResource(settings, id);
  if (shipped) return shownShipped(shipped);
  throw new RefusedRequest(refuse("not_found", "There is no such resource"));
}
