import * as z from "zod";
import { COLLECTOR, type Parts } from "./parts";

/** Microseconds between two looks of the profiler. */
export const INTERVAL_US = 500;
/** Milliseconds from which on a stop of the collector delays frames that one would notice. */
const LONG_MS = 10;

export const callFrame = z.object({
  functionName: z.string(),
  url: z.string(),
  lineNumber: z.number(),
});
const answer = z.object({
  profile: z.object({
    nodes: z.array(z.object({ id: z.number(), callFrame })),
    samples: z.array(z.number()),
    timeDeltas: z.array(z.number()),
  }),
});

export type CpuProfile = {
  /** Milliseconds by part. */
  times: Map<string, number>;
  /** Stops of the garbage collector, in milliseconds, of those that are long. */
  stops: number[];
};

/** Where a worker's isolate spent its time. */
export function cpuProfile(stopped: unknown, parts: Parts): CpuProfile {
  const { nodes, samples, timeDeltas } = answer.parse(stopped).profile;
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map<string, number>();
  const stops: number[] = [];
  let stop = 0;
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    const us = timeDeltas[i + 1] ?? 0;
    if (!frame || frame.functionName === "(idle)") continue;
    const part = parts.of(frame);
    // No samples are taken while the isolate has nothing to do, so a longer gap is no work.
    const ms = Math.min(us, 2 * INTERVAL_US) / 1000;
    times.set(part, (times.get(part) ?? 0) + ms);
    if (part === COLLECTOR) stop += ms;
    else {
      if (stop >= LONG_MS) stops.push(stop);
      stop = 0;
    }
  }
  return { times, stops };
}
