import { agents } from "./agents";
import type { Dialect } from "./dialect";
import { dutiful, party, relay } from "./relay";
import { socketIo } from "./socket-io";
import { taskroom } from "./taskroom";

export const DIALECTS = {
  relay,
  party,
  dutiful,
  "socket.io": socketIo,
  agents,
  taskroom,
} satisfies Record<string, Dialect>;
export type DialectName = keyof typeof DIALECTS;
