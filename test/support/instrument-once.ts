import { type PluginObject, transformSync, types } from "@babel/core";
import { programVisitor, type VisitorOptions } from "@vitest/istanbul-lib-instrument";
import * as z from "zod";

type Coverage = NonNullable<ReturnType<ReturnType<typeof programVisitor>["exit"]>>["fileCoverage"];
type Module = { filename: string; code: string; map: z.infer<typeof sourceMap> };
type Instrumented = { of: Module; code: string; coverage: Coverage; map: unknown };

/** How vitest sets up istanbul's visitor. */
const AS_VITEST = {
  coverageGlobalScope: "globalThis",
  coverageGlobalScopeFunc: false,
  ignoreLines: true,
};

const sourceMap = z.looseObject({
  version: z.literal(3),
  mappings: z.string(),
  names: z.array(z.string()),
  sources: z.array(z.string().nullable()),
});

/**
 * istanbul's instrumenter, which works on a module once. vitest asks twice, the second time for the
 * map from what is instrumented to what came in, and does so in each project that loads the module.
 * The source is left out of a module's map: each test file's counts carry the maps of all modules.
 */
export function instrumentOnce(options: Partial<VisitorOptions>) {
  const known = new Map<string, Instrumented>();
  let last: Instrumented | undefined;
  return {
    instrumentSync(code: string, filename: string, inputSourceMap: unknown): string {
      if (last?.of.filename === filename && last.of.code === code) return last.code;
      const { sourcesContent: _, ...map } = sourceMap.parse(inputSourceMap);
      const key = [filename, map.mappings, code].join("\n");
      last = known.get(key) ?? instrument({ filename, code, map }, options);
      known.set(key, last);
      return last.code;
    },
    lastFileCoverage: () => last?.coverage,
    lastSourceMap: () => last?.map,
  };
}

function instrument(of: Module, options: Partial<VisitorOptions>): Instrumented {
  let coverage: Coverage | undefined;
  const counting: PluginObject = {
    visitor: {
      Program: {
        enter: (path) => visitor.enter(path),
        exit(path) {
          coverage = visitor.exit(path)?.fileCoverage;
        },
      },
    },
  };
  const { filename, code, map: inputSourceMap } = of;
  const visitor = programVisitor(types, filename, { ...AS_VITEST, ...options, inputSourceMap });
  const made = transformSync(code, {
    filename,
    configFile: false,
    babelrc: false,
    inputSourceMap: false,
    sourceMaps: true,
    plugins: [() => counting],
  });
  if (!coverage || typeof made?.code !== "string") throw new Error(`${filename} has no counts.`);
  return { of, code: made.code, coverage, map: made.map };
}
