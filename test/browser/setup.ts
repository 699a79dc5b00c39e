import type { TestProject } from "vitest/node";
import { findChromium, INSTALL_CHROMIUM } from "../../scripts/chromium";
import { shareServers } from "../support/shared-servers";

declare module "vitest" {
  interface ProvidedContext {
    /** Chromium's executable. */
    chromium: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`Chromium is missing: ${INSTALL_CHROMIUM}`);
  project.provide("chromium", executablePath);
  return shareServers(project);
}
