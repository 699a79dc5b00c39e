import type { WorkerName } from "../hosts/build";
import { LABELS, type SystemName } from "../hosts/systems";
import { cellsFor } from "../rows/one-turn";
import type { Cell } from "../rows/row";

/** Work that is profiled: columns of one table, and what a round of it is. */
export type Case = {
  title: string;
  cells: (Cell & { worker: WorkerName; label: string })[];
  rounds: number;
  /** Things done in a round, and the word for one of them: times are given for one. */
  per: { count: number; of: string };
  /** Also which part allocates what outlives a young collection. */
  heap: boolean;
};

const WORKERS: Partial<Record<SystemName, WorkerName>> = {
  bare: "bare-object",
  taskroom: "taskroom",
  "bare-route": "bare-route",
  "taskroom-counted": "counted-taskroom",
};

function cells(systems: SystemName[], work: Parameters<typeof cellsFor>[1]): Case["cells"] {
  return cellsFor(systems, work).flatMap((cell) => {
    const worker = WORKERS[cell.system];
    return worker ? [{ ...cell, worker, label: LABELS[cell.system] }] : [];
  });
}

const fifty = { kind: "stream", rooms: 1, clients: 50 } as const;
const REQUESTS = 600;

export const CASES: Case[] = [
  {
    title: "50 clients, one stream of 1,000 tokens at 100 tokens a second",
    cells: cells(["bare", "taskroom"], { ...fifty, tokens: 1000, perSecond: 100 }),
    rounds: 2,
    per: { count: 1, of: "round" },
    heap: true,
  },
  {
    title: "50 clients, one stream of 5,000 tokens at 1,000 tokens a second",
    cells: cells(["bare", "taskroom"], { ...fifty, tokens: 5000, perSecond: 1000 }),
    rounds: 2,
    per: { count: 1, of: "round" },
    heap: false,
  },
  {
    title: "A reconnect in mid-stream",
    cells: cells(["taskroom"], { kind: "reconnect", times: 20 }),
    rounds: 1,
    per: { count: 20, of: "reconnect" },
    heap: false,
  },
  {
    title: "A replay of 10,000 events",
    cells: cells(["taskroom"], { kind: "replay", events: 10_000 }),
    rounds: 20,
    per: { count: 1, of: "replay" },
    heap: false,
  },
  ...(["create", "list", "messages"] as const).map((does) => ({
    title: `REST: ${does}`,
    cells: cells(["bare-route", "taskroom-counted"], { kind: "rest", does, requests: REQUESTS }),
    rounds: 2,
    per: { count: REQUESTS, of: "request" },
    heap: false,
  })),
];
