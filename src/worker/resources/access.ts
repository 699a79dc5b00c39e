import { refuse } from "../../protocol/errors";
import { hasScope, type Principal } from "../../protocol/identity";
import { SYSTEM_NAMESPACE } from "../../resources/resource";
import { RefusedRequest } from "../problem";

/** A user sees `system` and the namespace that is the user's id; nobody sees another's, admins neither. */
export function mustSee({ userId }: Principal, namespace: string): void {
  if (namespace === userId || namespace === SYSTEM_NAMESPACE) return;
  throw new RefusedRequest(refuse("not_found", "There is no such namespace"));
}

export function mayWrite(principal: Principal, namespace: string): boolean {
  if (namespace === SYSTEM_NAMESPACE) return hasScope(principal, "admin");
  return namespace === principal.userId && hasScope(principal, "write");
}

export function mustWrite(principal: Principal, namespace: string): void {
  mustSee(principal, namespace);
  if (mayWrite(principal, namespace)) return;
  throw new RefusedRequest(refuse("forbidden", `You may read ${namespace}, not write it`));
}
