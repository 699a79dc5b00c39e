// The load generator: a process of its own on the other core, with the scripted model in it, so that
// both ends of a delivery are timed by one clock. Takes jobs from its parent, one at a time.
import { runStream, type StreamJob } from "./jobs/stream";
import { Model } from "./model";

export type Job = StreamJob;
export type Result = { figures: Record<string, number> } | { void: string };

const model = await Model.listen(Number(process.argv[2]));

process.on("message", (job: Job) => {
  run(job)
    .then((figures): Result => ({ figures }))
    .catch((error: unknown): Result => ({ void: String(error) }))
    .then((result) => process.send?.(result));
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

function run(job: Job): Promise<Record<string, number>> {
  switch (job.kind) {
    case "stream":
      return runStream(job, model);
  }
}
