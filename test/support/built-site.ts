import { ensureSite } from "../../scripts/site-build";

/** Both configurations of the worker name the built site as their assets. */
export async function setup(): Promise<void> {
  await ensureSite();
}
