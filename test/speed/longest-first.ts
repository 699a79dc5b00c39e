import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * First those that wait for other processes, then the many short ones that fill what is left of the
 * cores to the end; `vitest.config.ts` has the last in a group of its own.
 */
const PROJECTS = ["system", "clients", "browser", "unit", "workers"];

/** A clean clone knows no durations, and these take long whatever their size. */
const LONGEST = [
  ...["system/crash", "system/serve", "system/faults", "system/chat", "system/client"],
  ...["system/remote-agents", "system/guides", "system/chat-flow", "system/client-package"],
  "system/readme",
  ...["browser/windows", "browser/load", "browser/main-job", "browser/accessibility"],
  ...["browser/account", "browser/pipeline", "unit/engine/room-properties"],
  // Beside one that waits for a slow D1 or for a second's counts, one that is busy.
  ...["workers/task-room/crowd", "workers/worker/hostile-input"],
  ...["workers/task-room/resume-properties", "workers/task-room/projection"],
  ...["workers/worker/access", "workers/metrics/metrics", "workers/task-room/usage"],
];

/**
 * No long file is the last, with one core idle. A project's files stay together: its workers are
 * kept only while the next file is of the same project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (one, other) =>
        PROJECTS.indexOf(one.project.name) - PROJECTS.indexOf(other.project.name) ||
        placeOf(one) - placeOf(other),
    );
  }
}

/** Past the end for a file that is not in the list. */
function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
