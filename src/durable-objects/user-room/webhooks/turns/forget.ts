import type { Tables } from "../../tables";
import type { KeptTurnHook } from "./turn-hook-table";

/** Nothing more is sent there. */
export function forget(tables: Tables, { hook }: KeptTurnHook): void {
  tables.deliveries.removeAll(hook.id);
  tables.turnHooks.remove(hook.id);
}
