import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Job, Result } from "../load/main";
import { BENCH, ROOT } from "./build";
import { LOAD_CORE } from "./launch";

/** The load generator's process. */
export class Load {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(modelPort: number): Promise<Load> {
    const imports = join(ROOT, "scripts", "own-imports.mjs");
    const child = fork(join(BENCH, "load", "main.ts"), [String(modelPort)], {
      execPath: "taskset",
      execArgv: ["-c", LOAD_CORE, process.execPath, "--import", imports],
    });
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => Promise.reject(new Error("the load generator ended"))),
    ]);
    return new Load(child);
  }

  async run(job: Job): Promise<Result> {
    const answer = once(this.#child, "message");
    this.#child.send(job);
    const [result] = await answer;
    return result;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
