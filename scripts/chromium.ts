import { existsSync } from "node:fs";

// The shell first: it has no window to draw, and takes half of the time that a whole browser does.
const PLACES = [
  ...["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"],
  ...["/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
];

/** What to do where there is none. */
export const INSTALL_CHROMIUM =
  "`apt-get install chromium-headless-shell` (or `chromium`), or name one with CHROMIUM=/path/to/it.";

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
