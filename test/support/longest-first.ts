import { BaseSequencer, type TestSpecification } from "vitest/node";

/** A clean clone knows no durations, and these take long whatever their size. */
const LONGEST = [
  ...["system/webhooks", "system/crash", "system/serve", "system/chat", "system/remote-agents"],
  ...["system/chat-flow", "system/client", "system/faults", "system/readme", "system/guides"],
  ...["workers/task-room/crowd", "workers/worker/hostile-input", "workers/task-room/usage"],
  ...["workers/task-room/resume-properties", "workers/worker/access"],
  ...["workers/task-room/projection", "workers/metrics/metrics", "unit/engine/room-properties"],
];

/**
 * No long file is the last, with one core idle. A project's files stay together: its workers are
 * kept only while the next file is of the same project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = new Set(sorted.map(({ project }) => project));
    return [...projects].flatMap((project) =>
      sorted
        .filter((file) => file.project === project)
        .toSorted((one, other) => placeOf(one) - placeOf(other)),
    );
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
