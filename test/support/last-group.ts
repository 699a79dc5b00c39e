import type { Reporter, TestModule } from "vitest/node";

/** Tells `npm test` that the last group of files begins; see `vitest.config.ts`. */
export default class LastGroup implements Reporter {
  onTestModuleQueued({ project }: TestModule): void {
    if (project.name === "workers") process.send?.("last group");
  }
}
