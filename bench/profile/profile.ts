import { readFileSync } from "node:fs";
import { freePort } from "../../scripts/free-port";
import { bundlePath } from "../hosts/build";
import type { Load } from "../hosts/load";
import { type Running, startSystem } from "../hosts/systems";
import { cpuSeconds } from "../load/cpu";
import type { Case } from "./cases";
import { cpuProfile, INTERVAL_US } from "./cpu-profile";
import { heapProfile } from "./heap-profile";
import { Inspector } from "./inspector";
import { Parts } from "./parts";

/** Rounds before anything is counted: code is compiled, rooms exist. */
const WARM_UPS = 1;
const SAMPLE_BYTES = 4096;

type Cell = Case["cells"][number];
type Tools = { load: Load; modelUrl: string; tell(text: string): void };

export type Profiled = {
  label: string;
  /** Milliseconds of the worker's isolate for one of the case's things, by part. */
  times: Record<string, number>;
  /** Milliseconds of processor time for the same, of all processes of the server. */
  whole: number;
  /** Long stops of the garbage collector in all rounds, in milliseconds. */
  stops: number[];
  /** Bytes for one of the case's things that outlived a young collection, by part. */
  kept?: Record<string, number>;
};

export async function profile(work: Case, tools: Tools): Promise<Profiled[]> {
  const columns: Profiled[] = [];
  for (const cell of work.cells) {
    tools.tell(`profile: ${work.title}: ${cell.label}`);
    const inspectorPort = await freePort();
    const server = await startSystem(cell.system, tools.modelUrl, { inspectorPort });
    const inspector = await Inspector.connect(inspectorPort);
    try {
      columns.push(await profileCell(work, cell, { server, inspector, load: tools.load }));
    } finally {
      inspector.close();
      await server.stop();
    }
  }
  return columns;
}

type Bench = { server: Running; inspector: Inspector; load: Load };

async function profileCell(work: Case, cell: Cell, bench: Bench): Promise<Profiled> {
  const { server, inspector, load } = bench;
  const parts = new Parts(readFileSync(bundlePath(cell.worker), "utf8"));
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) {
      const result = await load.run(cell.job(server.target));
      if ("void" in result) throw new Error(`${work.title}: ${cell.label}: ${result.void}`);
    }
  };
  await rounds(WARM_UPS);
  await inspector.ask("Profiler.enable");
  await inspector.ask("Profiler.setSamplingInterval", { interval: INTERVAL_US });
  await inspector.ask("Profiler.start");
  const before = cpuSeconds(server.target.pids);
  await rounds(work.rounds);
  const seconds = cpuSeconds(server.target.pids) - before;
  const { times, stops } = cpuProfile(await inspector.ask("Profiler.stop"), parts);
  const things = work.rounds * work.per.count;
  const measured = {
    label: cell.label,
    times: sharedOut(times, things),
    whole: (seconds * 1000) / things,
    stops,
  };
  if (!work.heap) return measured;
  await inspector.ask("HeapProfiler.enable");
  await inspector.ask("HeapProfiler.startSampling", {
    samplingInterval: SAMPLE_BYTES,
    // What a young collection does not take has to be taken by one that stops the isolate.
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: false,
  });
  await rounds(work.rounds);
  const kept = heapProfile(await inspector.ask("HeapProfiler.stopSampling"), parts);
  return { ...measured, kept: sharedOut(kept, things) };
}

function sharedOut(amounts: Map<string, number>, things: number): Record<string, number> {
  return Object.fromEntries([...amounts].map(([part, amount]) => [part, amount / things]));
}
