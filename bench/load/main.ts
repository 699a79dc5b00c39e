// The load generator: a process of its own on the other core, with the scripted model in it, so that
// both ends of a delivery are timed by one clock. Takes jobs from its parent, one at a time.
import { type CostJob, runCost } from "./jobs/cost";
import { type HistoryJob, runHistory } from "./jobs/history";
import { type IdleJob, runIdle } from "./jobs/idle";
import { type NewsJob, runNews } from "./jobs/news";
import { type ReconnectJob, runReconnect } from "./jobs/reconnect";
import { type ReplayJob, runReplay } from "./jobs/replay";
import { type RestJob, runRest } from "./jobs/rest";
import { runStream, type StreamJob } from "./jobs/stream";
import { runUiStream, type UiStreamJob } from "./jobs/ui-stream";
import { runWake, type WakeJob } from "./jobs/wake";
import { runWork, type WorkJob } from "./jobs/work";
import { Model } from "./model";

export type Job =
  | StreamJob
  | UiStreamJob
  | CostJob
  | ReconnectJob
  | ReplayJob
  | HistoryJob
  | WakeJob
  | RestJob
  | NewsJob
  | IdleJob
  | WorkJob;
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
    case "ui-stream":
      return runUiStream(job, model);
    case "cost":
      return runCost(job, model);
    case "reconnect":
      return runReconnect(job, model);
    case "replay":
      return runReplay(job, model);
    case "history":
      return runHistory(job);
    case "wake":
      return runWake(job, model);
    case "rest":
      return runRest(job);
    case "news":
      return runNews(job, model);
    case "idle":
      return runIdle(job);
    case "work":
      return runWork(job, model);
  }
}
