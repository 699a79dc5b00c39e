import { join } from "node:path";
import { rolldown } from "rolldown";
import { ENTRIES, type Entry, KINDS, SOURCES } from "./entries";

/** Where bundlers of pages that are made on a server must know that hooks run in the browser. */
const BANNER: Partial<Record<Entry, string>> = { react: '"use client";' };

/** The package's code: the client imports nothing, the hooks import it and React. */
export async function writeCode(outDir: string): Promise<void> {
  for (const entry of ["client", "react"] as const) {
    const bundle = await rolldown({
      input: { [entry]: join(SOURCES, `${ENTRIES[entry]}.ts`) },
      external: ["react"],
      platform: "neutral",
      transform: { target: "es2022" },
      // Names of files that nobody has who gets the package.
      experimental: { attachDebugInfo: "none" },
      plugins: entry === "react" ? [clientBeside()] : [],
    });
    for (const { format, code } of KINDS) {
      const banner = BANNER[entry] ?? "";
      const paths = { [BESIDE]: `./client${code}` };
      // What a function is for is said by the types.
      const shown = { banner, comments: { jsdoc: false } };
      await bundle.write({ dir: outDir, format, paths, entryFileNames: `[name]${code}`, ...shown });
    }
    await bundle.close();
  }
}

/** How the client is called by what is built beside it, until its ending is known. */
export const BESIDE = "client-beside";

/** Has the hooks take the client as it is built: bundled with them, its classes would be there twice. */
export function clientBeside() {
  return {
    name: "client-beside",
    resolveId: (id: string) =>
      /^(\.\.\/)+client$/.test(id) ? { id: BESIDE, external: true } : null,
  };
}
