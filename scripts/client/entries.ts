import { join } from "node:path";
import { ROOT } from "../local-identity";

export const SOURCES = join(ROOT, "src");

/** What the package is asked for by name, `taskroom/client` and `taskroom/react`, below `src`. */
export const ENTRIES = { client: "client/index", react: "client-react/index" } as const;
export type Entry = keyof typeof ENTRIES;

/** As modules, and for `require`: a resolver goes by the ending, also with types. */
export const KINDS = [
  { condition: "import", format: "es", code: ".js", types: ".d.ts" },
  { condition: "require", format: "cjs", code: ".cjs", types: ".d.cts" },
] as const;

/** `exports` of `package.json`; `types` comes first, since the first that fits counts. */
export function packageExports() {
  const entries = Object.keys(ENTRIES).map((entry) => {
    const files = KINDS.map(({ condition, code, types }) => {
      return [condition, { types: `./${entry}${types}`, default: `./${entry}${code}` }];
    });
    return [`./${entry}`, Object.fromEntries(files)];
  });
  return Object.fromEntries(entries);
}
