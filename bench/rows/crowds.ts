import type { SystemName } from "../hosts/systems";
import type { Cell, Goal, Row, Scale } from "./row";
import { cellsOf } from "./streams";

const SYSTEMS = ["bare", "taskroom"] as const;

/** What one more client costs, from one to a thousand in a room. */
export function crowdRow(scale: Scale): Row {
  const sizes = scale === "full" ? [1, 10, 100, 1000] : [10, 100];
  const cells = sizes.flatMap((clients): Cell[] =>
    cellsOf(SYSTEMS, { rooms: 1, clients, tokens: 40, perSecond: 20 }).map((cell) => ({
      ...cell,
      name: `${cell.name} ${clients}`,
    })),
  );
  const largest = sizes.at(-1) ?? 1;
  return {
    id: "crowd",
    slow: true,
    title: "One room of 1, 10, 100 and 1,000 clients",
    about:
      "A stream at 20 tokens a second. Cost per client: processor time for a million tokens at one client. `joined`: until all were in, one after another in twenties.",
    cells,
    figures: [
      { key: "cpuPerMillion", label: "CPU per million", unit: "s" },
      { key: "p50", label: "p50", unit: "ms" },
      { key: "p99", label: "p99", unit: "ms" },
      { key: "joined", label: "joined", unit: "ms" },
    ],
    goals: [
      {
        says: "cost per client flat within 2 × from 10 clients on",
        cell: `taskroom ${largest}`,
        figure: "cpuPerMillion",
        over: { cell: "taskroom 10" },
        most: 2,
      },
    ],
    warmUps: 1,
  };
}

/** Many rooms at once: nobody's stream is at another's cost. */
export function roomsRow(scale: Scale): Row {
  const full = scale === "full";
  const rooms = full ? 200 : 10;
  const systems: SystemName[] = full ? ["bare", "agents", "socket.io", "taskroom"] : [...SYSTEMS];
  const goal: Goal = {
    says: "no room's p99 over 3 × the median room's",
    cell: "taskroom",
    figure: "spread",
    most: 3,
  };
  return {
    id: "rooms",
    title: `${rooms} rooms that stream at once, 5 clients each`,
    about: "Each at 20 tokens a second, with a model's stream of its own.",
    cells: cellsOf(systems, { rooms, clients: 5, tokens: 40, perSecond: 20 }),
    figures: [
      { key: "perSecond", label: "tokens × clients", unit: "/s", more: true },
      { key: "p50", label: "p50", unit: "ms" },
      { key: "p99", label: "p99", unit: "ms" },
      { key: "spread", label: "worst room's p99 over the median's", unit: "×" },
      { key: "cpuPerMillion", label: "CPU per million", unit: "s" },
    ],
    goals: [goal],
    warmUps: 1,
  };
}
