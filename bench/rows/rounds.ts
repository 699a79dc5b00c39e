import type { Load } from "../hosts/load";
import { type Running, type SystemName, startSystem } from "../hosts/systems";
import type { Cell, Row } from "./row";

export type Figures = Record<string, number>;
export type Measured = {
  row: string;
  measuredAt: string;
  rounds: number;
  /** By cell, a figure set per round, in the order of the rounds. */
  cells: Record<string, Figures[]>;
  /** Cells that failed their check, and why. */
  voids: { cell: string; why: string }[];
};

type Tools = { load: Load; modelUrl: string; tell(text: string): void };

/** Lets all cells of a row take turns, in another order each round. */
export async function measure(row: Row, rounds: number, tools: Tools): Promise<Measured> {
  const servers = await startAll(row, tools.modelUrl);
  try {
    return await takeTurns(row, rounds, servers, tools);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}

async function startAll(row: Row, modelUrl: string): Promise<Map<SystemName, Running>> {
  const servers = new Map<SystemName, Running>();
  for (const system of new Set(
    row.cells.flatMap(({ system, beside }) => [system, ...(beside ? [beside] : [])]),
  )) {
    servers.set(system, await startSystem(system, modelUrl));
  }
  return servers;
}

async function takeTurns(
  row: Row,
  rounds: number,
  servers: Map<SystemName, Running>,
  { load, tell }: Tools,
): Promise<Measured> {
  const cells: Measured["cells"] = Object.fromEntries(row.cells.map(({ name }) => [name, []]));
  const voids: Measured["voids"] = [];
  for (let round = 1 - row.warmUps; round <= rounds; round++) {
    tell(round < 1 ? `${row.id}: warming up` : `${row.id}: round ${round} of ${rounds}`);
    for (const cell of shuffled(row.cells)) {
      const server = servers.get(cell.system);
      if (!server) continue;
      const result = await load.run(
        cell.job(server.target, cell.beside && servers.get(cell.beside)?.target),
      );
      if ("void" in result) voids.push({ cell: cell.name, why: result.void });
      if (round < 1) continue;
      // A void round stays in its place, so that ratios pair what was measured together.
      cells[cell.name]?.push("void" in result ? {} : result.figures);
    }
  }
  return { row: row.id, measuredAt: new Date().toISOString(), rounds, cells, voids };
}

function shuffled(cells: Cell[]): Cell[] {
  return cells
    .map((cell) => ({ cell, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ cell }) => cell);
}
