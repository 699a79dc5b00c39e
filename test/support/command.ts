import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { killAll, treeOf } from "../../scripts/process-table";
import { until } from "./until";

export const ROOT = resolve(import.meta.dirname, "../..");

/** A command that runs beside the test, with all that it says so far. */
export class Command {
  stdout = "";
  stderr = "";
  readonly child: ChildProcess;
  #closed = false;

  constructor(program: string, args: string[], env: Record<string, string> = {}) {
    const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, ...env } });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    // Not "exit": what it said last may still be on its way then.
    child.on("close", () => {
      this.#closed = true;
    });
    this.child = child;
  }

  /** One of our scripts, on this node. */
  static script(name: string, args: string[] = [], env: Record<string, string> = {}): Command {
    return new Command(process.execPath, [join(ROOT, "scripts", "run.mjs"), name, ...args], env);
  }

  async says(text: string | RegExp, deadlineMs = 60_000): Promise<void> {
    const said = () => `${this.stdout}${this.stderr}`;
    try {
      await until(`it says ${text}`, () => said().match(text), deadlineMs);
    } catch (error) {
      throw new Error(`${String(error)}; it said:\n${said()}`);
    }
  }

  /** Its exit code. Past the deadline it is killed with all that it started. */
  async end(deadlineMs = 60_000): Promise<number> {
    const { child } = this;
    try {
      await until("the command ends", () => this.#closed, deadlineMs);
    } catch (error) {
      killAll(treeOf(child.pid ?? -1));
      throw new Error(`${String(error)}; it said:\n${this.stdout}${this.stderr}`);
    }
    return child.exitCode ?? -1;
  }
}
