import { ensureConsole } from "../../scripts/console-build";
import { ensureMigratedState } from "../support/migrated-state";

/** Made once, before several files start their servers at the same time. */
export async function setup(): Promise<void> {
  await ensureConsole();
  ensureMigratedState([]);
  ensureMigratedState(["--config", "test/worker/wrangler.toml"]);
}
