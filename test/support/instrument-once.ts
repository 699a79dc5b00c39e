import { createInstrumenter } from "@vitest/istanbul-lib-instrument";
import * as z from "zod";

/** The part of vitest's interface and of istanbul's that both know. */
type Options = NonNullable<Parameters<typeof createInstrumenter>[0]>;
type Instrumenter = ReturnType<typeof createInstrumenter>;
type Instrumented = {
  code: string;
  coverage: ReturnType<Instrumenter["lastFileCoverage"]>;
  map: ReturnType<Instrumenter["lastSourceMap"]>;
};

/** How vitest sets up istanbul's instrumenter. */
const AS_VITEST: Partial<Options> = {
  produceSourceMap: true,
  autoWrap: false,
  esModules: true,
  compact: false,
  ignoreLines: true,
};

const sourceMap = z.looseObject({
  version: z.literal(3),
  mappings: z.string(),
  names: z.array(z.string()),
  sources: z.array(z.string().nullable()),
});

/**
 * istanbul's instrumenter, which works on a module once for all projects that load it, and leaves
 * the source out of its map: each test file's counts carry the maps of all modules.
 */
export function instrumentOnce(options: Partial<Options>) {
  const instrumenter = createInstrumenter({ ...AS_VITEST, ...options });
  const known = new Map<string, Instrumented>();
  let last: Instrumented | undefined;
  return {
    instrumentSync(code: string, filename: string, inputSourceMap: unknown): string {
      const { sourcesContent: _, ...map } = sourceMap.parse(inputSourceMap);
      const key = [filename, map.mappings, code].join("\n");
      last = known.get(key) ?? {
        code: instrumenter.instrumentSync(code, filename, map),
        coverage: instrumenter.lastFileCoverage(),
        map: instrumenter.lastSourceMap(),
      };
      known.set(key, last);
      return last.code;
    },
    lastFileCoverage: () => last?.coverage,
    lastSourceMap: () => last?.map,
  };
}
