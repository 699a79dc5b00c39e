import { hasScope, type Principal, type Role } from "../../protocol/identity";

export type Action = "watch" | "leave" | "write" | "own";

const LEAST: Record<Action, readonly Role[]> = {
  watch: ["viewer", "editor", "owner"],
  leave: ["viewer", "editor", "owner"],
  write: ["editor", "owner"],
  own: ["owner"],
};

/** Whether this role and credential may act so (contract sections 1 and 3). Asked for every command. */
export function mayAct(principal: Principal, role: Role, action: Action): boolean {
  if (action !== "watch" && !hasScope(principal, "write")) return false;
  return LEAST[action].includes(role);
}
