import { randomBytes } from "node:crypto";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium";
import { DevServer } from "../support/dev-server";

/** Where the tests of all files find the server and the browser that they share. */
export type Stage = { url: string; secret: string; browser: string };

declare module "vitest" {
  interface ProvidedContext {
    stage: Stage;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("Chromium is missing: apt-get install chromium");
  const secret = randomBytes(32).toString("hex");
  const [server, browser] = await Promise.all([
    DevServer.start({ vars: { AUTH_JWT_SECRET: secret } }),
    chromium.launchServer({ executablePath, args: CHROMIUM_ARGS }),
  ]);
  project.provide("stage", { url: server.url, secret, browser: browser.wsEndpoint() });
  return async () => {
    await Promise.all([server.stop(), browser.close()]);
  };
}
