import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleOf } from "./bundles";
import { Command, ROOT } from "./command";

const COPIED = ["src", "migrations", "wrangler.toml", "package.json", "tsconfig.json"];

/** A deployer's checkout of the service: as it is, but for files in `src/own/`. */
export class Deployer {
  readonly folder = mkdtempSync(join(tmpdir(), "taskroom-deployer-"));

  constructor(own: Record<string, string>) {
    for (const part of COPIED) {
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    }
    for (const part of ["node_modules", "dist"]) {
      symlinkSync(join(ROOT, part), join(this.folder, part));
    }
    for (const [name, text] of Object.entries(own)) {
      writeFileSync(join(this.folder, "src/own", name), text);
    }
  }

  /** What the type check of the service says of it; nothing where all is well. */
  async typeFaults(): Promise<string> {
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const command = new Command(tsc, ["-p", join(this.folder, "tsconfig.json")]);
    await command.end(120_000);
    return command.stdout + command.stderr;
  }

  /** The worker as a deployment makes it. */
  bundle(): Promise<string> {
    const config = join(this.folder, "wrangler.toml");
    return bundleOf(config, join(this.folder, "bundle"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
