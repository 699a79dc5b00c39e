import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { CHROMIUM_ARGS, findChromium, INSTALL_CHROMIUM } from "../../scripts/chromium";
import { shareServers } from "../support/shared-servers";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the tests of all files find the browser that they share. */
    browser: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`Chromium is missing: ${INSTALL_CHROMIUM}`);
  const [stopServers, browser] = await Promise.all([
    shareServers(project),
    chromium.launchServer({ executablePath, args: CHROMIUM_ARGS }),
  ]);
  project.provide("browser", browser.wsEndpoint());
  return async () => {
    await Promise.all([stopServers(), browser.close()]);
  };
}
