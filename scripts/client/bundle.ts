import { join } from "node:path";
import { build } from "vite";
import { ROOT } from "../local-identity";

/** The client as one file without imports: `index.js` in an emptied folder. */
export async function bundleClient(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // Whoever bundles it makes it smaller; whoever debugs it can read it.
      minify: false,
      lib: {
        entry: join(ROOT, "src", "client", "index.ts"),
        formats: ["es"],
        fileName: () => "index.js",
      },
    },
  });
}
