import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They drive processes of their own, while the unit files wait for vitest's. */
const BESIDE_UNITS = ["system/crash", "system/serve"];
/** It drives a browser, while the first of workerd's files wait for vitest. */
const BESIDE_WORKERS = ["browser/accessibility"];
const PROJECTS = ["unit", "system", "workers", "browser"];

/** A clean clone knows no durations, and these take long whatever their size. */
const LONGEST = [
  ...["system/faults", "system/chat", "system/client", "system/remote-agents"],
  ...["system/guides", "system/chat-flow", "system/client-package", "system/readme"],
  ...["workers/task-room/crowd", "workers/worker/hostile-input", "workers/task-room/usage"],
  ...["workers/task-room/resume-properties", "workers/worker/access"],
  ...["workers/task-room/projection", "workers/metrics/metrics", "unit/engine/room-properties"],
  ...["browser/windows", "browser/load", "browser/main-job"],
];

/**
 * No long file is the last, with one core idle. But for those three, a project's files stay
 * together: its workers are kept only while the next file is of the same project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted(
      (one, other) =>
        stageOf(one) - stageOf(other) || placeIn(LONGEST, one) - placeIn(LONGEST, other),
    );
  }
}

function stageOf(file: TestSpecification): number {
  if (isIn(BESIDE_UNITS, file)) return PROJECTS.indexOf("unit") - 0.5;
  if (isIn(BESIDE_WORKERS, file)) return PROJECTS.indexOf("workers") - 0.5;
  return PROJECTS.indexOf(file.project.name);
}

function isIn(list: string[], file: TestSpecification): boolean {
  return placeIn(list, file) < list.length;
}

/** Past the end for a file that is not in the list. */
function placeIn(list: string[], { moduleId }: TestSpecification): number {
  const place = list.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? list.length : place;
}
