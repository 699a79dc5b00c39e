import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { build } from "vite";
import { ROOT } from "./command";

/** Whoever imports by name from there finds the packages of the tests with other people's clients. */
const PACKAGES = join(ROOT, "test/clients/package.json");
/** The package of this repository, as it will be when it is built. */
const OWN: Record<string, string> = {
  "taskroom/client": join(ROOT, "src/client/index.ts"),
  "taskroom/react": join(ROOT, "src/client-react/index.ts"),
};
const TYPES: Record<string, string> = { js: "text/javascript", css: "text/css", html: "text/html" };

/** A page that Vite has built, as a browser is to be given it on a server's own origin. */
export class BuiltPage {
  readonly #folder: string;
  readonly #name: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  static async of(html: string): Promise<BuiltPage> {
    const entry = join(ROOT, html);
    const outDir = mkdtempSync(join(tmpdir(), "built-page-"));
    const root = dirname(entry);
    await build({
      root,
      configFile: false,
      logLevel: "error",
      base: "/built-page/",
      oxc: { jsx: { runtime: "automatic", importSource: "react" } },
      build: { outDir, target: "es2023", rolldownOptions: { input: entry } },
      plugins: [
        {
          name: "packages-of-the-tests",
          enforce: "pre",
          resolveId(id, importer) {
            if (OWN[id]) return OWN[id];
            const isOwn = importer?.startsWith(ROOT) && !importer.includes("node_modules");
            const isByName = !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("\0");
            return isOwn && isByName ? this.resolve(id, PACKAGES, { skipSelf: true }) : null;
          },
        },
      ],
    });
    return new BuiltPage(outDir, entry.slice(root.length + 1));
  }

  /** Serves it below `/built-page/` of whatever server the browser page asks. */
  async serveTo(page: Page): Promise<void> {
    // A page that no server gave is no local one to the browser, which guards local sockets from it.
    await page.context().grantPermissions(["local-network-access"]);
    await page.route("**/built-page/**", (route) => {
      const path = new URL(route.request().url()).pathname.replace("/built-page/", "");
      const name = path === "" ? this.#name : path;
      const contentType = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      return route.fulfill({ contentType, body: readFileSync(join(this.#folder, name)) });
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
