import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The machine's own Chromium, or what `CHROMIUM` names; playwright-core brings none. */
export function findChromium(): string | undefined {
  const { CHROMIUM } = process.env;
  const places = CHROMIUM === undefined ? PLACES : [CHROMIUM];
  return places.find((path) => existsSync(path));
}

/** It looks nothing up and asks nothing. */
export const CHROMIUM_ARGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  ...["--no-first-run", "--disable-component-update", "--disable-sync"],
];
