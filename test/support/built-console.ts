import { ensureConsole } from "../../scripts/console-build";

/** Both configurations of the worker name the built console as their assets. */
export async function setup(): Promise<void> {
  await ensureConsole();
}
