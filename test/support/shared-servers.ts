import type { TestProject } from "vitest/node";
import { ensureSite } from "../../scripts/site-build";
import { type Bundles, makeBundles, TEST_BUILD } from "./bundles";
import { DevServer } from "./dev-server";
import { ensureMigratedState } from "./migrated-state";
import type { ServerPlace } from "./server";

/** Servers that no test stops or turns a knob of, and the bundles that others are started with. */
export type Shared = { bundles: Bundles; production: ServerPlace; testBuild: ServerPlace };

declare module "vitest" {
  interface ProvidedContext {
    shared: Shared;
  }
}

/** Starts them for all projects, whichever asks first; gives what stops them again. */
export async function shareServers({ vitest }: TestProject): Promise<() => Promise<void>> {
  const provided: Partial<Shared> | undefined = vitest.getProvidedContext().shared;
  if (provided) return async () => undefined;
  // Before several files start their servers at the same time.
  await ensureSite();
  const [{ remove, ...bundles }] = await Promise.all([makeBundles(), ensureMigratedState()]);
  // Some users are in many places at once. Both have the secret of `.dev.vars`.
  const options = { localSecret: true, isQuiet: true, vars: { SESSIONS_PER_USER: "1000" } };
  const [production, testBuild] = await Promise.all([
    DevServer.start({ ...options, bundle: bundles.production }),
    DevServer.start({ ...options, config: TEST_BUILD, bundle: bundles.testBuild }),
  ]);
  vitest.provide("shared", { bundles, production: production.place, testBuild: testBuild.place });
  return async () => {
    await Promise.all([production.stop(), testBuild.stop()]);
    remove();
  };
}
