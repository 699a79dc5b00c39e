export const COLLECTOR = "garbage collector";
export const NATIVE = "the runtime itself";

export type Frame = { functionName: string; url: string; lineNumber: number };

/** Tells to which package or file of ours a frame of a profile belongs. */
export class Parts {
  /** The module of each line of the bundle; the bundler names it in a comment where it begins. */
  readonly #modules: string[] = [];

  constructor(bundle: string) {
    let current = NATIVE;
    for (const line of bundle.split("\n")) {
      const [, path] = /^ *\/\/ (\S+\.(?:[mc]?[jt]s|json))$/.exec(line) ?? [];
      if (path !== undefined) current = nameOf(path);
      this.#modules.push(current);
    }
  }

  of({ functionName, url, lineNumber }: Frame): string {
    if (functionName === "(garbage collector)") return COLLECTOR;
    // Native code, and the runtime's own modules (`cloudflare-internal:`, `node-internal:`).
    if (!url.includes("/")) return NATIVE;
    return this.#modules[lineNumber] ?? NATIVE;
  }
}

/** A package, whole; or a file of ours below `src`. */
function nameOf(path: string): string {
  const inPackage = path.split("node_modules/").at(-1) ?? path;
  if (inPackage !== path) return /^(?:@[^/]+\/)?[^/]+/.exec(inPackage)?.[0] ?? inPackage;
  return path.replace(/^(?:\.\.\/)*(?:src\/)?/, "").replace(/\.ts$/, "");
}
