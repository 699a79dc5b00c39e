import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkOut, isInClone } from "../../../scripts/release-checkout";
import release from "../../compat/fixtures/release.json" with { type: "json" };
import { bundleOf, TEST_BUILD } from "../../support/bundles";
import type { Code } from "../../support/dev-server";

/** Why the last release's code cannot be run here; nothing where it can. */
export function whyNoRelease(): string | undefined {
  const { commit } = release;
  if (isInClone(commit)) return undefined;
  return `the last release, ${commit}, is not in this clone (git fetch --unshallow)`;
}

let made: Promise<Code> | undefined;

/** The last release's test build, as it was, from its own sources; made once in a process. */
export function releasedCode(): Promise<Code> {
  made ??= build();
  return made;
}

async function build(): Promise<Code> {
  const checkout = checkOut(release.commit);
  process.once("exit", () => rmSync(checkout, { recursive: true, force: true }));
  // Where its assets would be: a server wants a folder there, and no play asks for a page.
  mkdirSync(join(checkout, "dist", "console"), { recursive: true });
  const config = join(checkout, TEST_BUILD);
  return { config, bundle: await bundleOf(config, join(checkout, "dist", "worker")) };
}
