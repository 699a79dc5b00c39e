import type { SystemName } from "../hosts/systems";
import type { RestJob } from "../load/jobs/rest";
import { cellsFor } from "./one-turn";
import type { Goal, Row, Scale } from "./row";

const SYSTEMS: SystemName[] = ["bare-route", "dutiful-route", "taskroom-counted"];
const DOES: RestJob["does"][] = ["create", "list", "messages"];

/** REST beside a route that does the same D1 statement and nothing else. */
export function restRow(scale: Scale): Row {
  const requests = scale === "full" ? 400 : 100;
  const cells = DOES.flatMap((does) =>
    cellsFor(SYSTEMS, { kind: "rest", does, requests }).map((cell) => ({
      ...cell,
      name: `${cell.name} ${does}`,
    })),
  );
  return {
    id: "rest",
    title: "REST: create a task, list tasks, read messages",
    about:
      "Eight requests at a time, pages of fifty. The bare route does the same D1 statements, without identity, rooms or checks; with its duties it also verifies the token, counts the caller's requests and keeps each task in an object of its own.",
    cells,
    figures: [
      { key: "perSecond", label: "requests", unit: "/s", more: true },
      { key: "p50", label: "p50", unit: "ms" },
      { key: "p99", label: "p99", unit: "ms" },
    ],
    goals: DOES.map(goalOf),
    warmUps: scale === "full" ? 2 : 0,
  };
}

function goalOf(does: string): Goal {
  return {
    says: `${does}: requests within 1.3 × the bare route`,
    cell: `taskroom-counted ${does}`,
    figure: "perSecond",
    over: { cell: `bare-route ${does}` },
    least: 1 / 1.3,
  };
}

/** How soon a user's other devices, and a webhook, hear that a task has ended. */
export function newsRow(scale: Scale): Row {
  return {
    id: "news",
    title: "Notification of all devices, and webhooks",
    about:
      "From the task's end as its room told it to five devices of the user's own room, and to an endpoint.",
    cells: cellsFor(["taskroom"], { kind: "news", turns: scale === "full" ? 10 : 3 }),
    figures: [
      { key: "device", label: "devices", unit: "ms" },
      { key: "deviceWorst", label: "devices, p95", unit: "ms" },
      { key: "webhook", label: "webhook", unit: "ms" },
    ],
    goals: [
      { says: "devices within 50 ms (median)", cell: "taskroom", figure: "device", most: 50 },
    ],
    warmUps: 1,
  };
}

/** Whether a room that works keeps something of each turn. */
export function workRow(scale: Scale): Row {
  const turns = scale === "full" ? 800 : 200;
  return {
    id: "work",
    slow: true,
    title: `${turns} turns in one room`,
    about:
      "How the resident memory of the server grows with each turn of 20 tokens for two clients, once 200 have warmed it. The runtime's own growth is in it: the bare object keeps nothing. Measured once.",
    cells: cellsFor(["bare", "taskroom"], { kind: "work", turns }),
    figures: [{ key: "perTurn", label: "memory for a turn", unit: "KiB" }],
    goals: [],
    warmUps: 0,
    rounds: 1,
  };
}

/** What sockets cost on which nobody speaks. */
export function idleRow(scale: Scale): Row {
  // The local runtime has two files open for each socket, and a process may have 20,000.
  const rooms = scale === "full" ? 1000 : 50;
  const clients = 10;
  return {
    id: "idle",
    slow: true,
    title: `${(rooms * clients).toLocaleString("en")} idle sockets in ${rooms.toLocaleString("en")} rooms`,
    about:
      "On two servers of each system. Resident memory of the servers for each socket, and the processor time that they used in 20 s once everything slept. In Taskroom each socket is a session of one of two people a room. Measured once.",
    cells: (
      [
        ["bare", "bare-second"],
        ["taskroom", "taskroom-second"],
      ] as const
    ).map(([system, beside]) => ({
      name: system,
      system,
      beside,
      job: (target, second) => ({
        kind: "idle",
        targets: second ? [target, second] : [target],
        rooms,
        clients,
      }),
    })),
    figures: [
      { key: "perSocket", label: "memory per socket", unit: "KiB" },
      { key: "awake", label: "processor time in 20 s", unit: "s" },
    ],
    goals: [{ says: "awake 0", cell: "taskroom", figure: "awake", most: 0.05 }],
    warmUps: 0,
    rounds: 1,
  };
}
