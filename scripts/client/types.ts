import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { ROOT } from "../local-identity";
import { BESIDE, clientBeside } from "./bundle";
import { emitDeclarations } from "./compiler";
import { ENTRIES, type Entry, KINDS, SOURCES } from "./entries";
import { expand, FROM_EXPANDED } from "./expand";
import { inferredTypes, plainText } from "./plain-types";

/** The folders whose types are inferred from zod's schemas. */
const OF_SCHEMAS = ["protocol", "resources"];

/**
 * Writes the types of each entry as one file that needs nothing else: the compiler is asked what the types
 * come to that are inferred from schemas, so that who uses the client needs no zod.
 */
export async function writeTypes(outDir: string): Promise<void> {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  // Within the project, where the compiler finds what it imports.
  const work = mkdtempSync(join(ROOT, "dist", "client-types-"));
  try {
    const files = Object.values(ENTRIES).map((module) => join(SOURCES, `${module}.ts`));
    emitDeclarations(work, files, join(work, "declared"));
    const declared = join(work, "declared", "src");
    const plain = plainModules(work, declared);
    for (const entry of ["client", "react"] as const) {
      await bundleTypes(entry, declared, plain, outDir);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The modules of schemas without their schemas, by the file that declares each. */
function plainModules(work: string, declared: string): Map<string, string> {
  const modules = OF_SCHEMAS.flatMap((folder) =>
    readdirSync(join(declared, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".d.ts"))
      .map((name) => `${folder}/${name.slice(0, -".d.ts".length)}`),
  );
  const fileOf = (module: string) => join(declared, `${module}.d.ts`);
  const read = (module: string) => readFileSync(fileOf(module), "utf8");
  const inferred = modules.flatMap((module) =>
    inferredTypes(read(module)).map((name) => ({ module, name })),
  );
  const expansions = expand(work, inferred);
  return new Map(
    modules.map((module) => [
      fileOf(module),
      plainText(read(module), (name) => expansions.get(`${module}#${name}`)),
    ]),
  );
}

async function bundleTypes(
  entry: Entry,
  declared: string,
  plain: ReadonlyMap<string, string>,
  outDir: string,
): Promise<void> {
  const bundle = await rolldown({
    input: { [entry]: join(declared, `${ENTRIES[entry]}.d.ts`) },
    external: ["react"],
    plugins: [
      ...(entry === "react" ? [clientBeside()] : []),
      declarations(declared, plain),
      dts({ dtsInput: true, emitDtsOnly: true, oxc: true, tsconfig: false }),
    ],
  });
  for (const { code, types } of KINDS) {
    const paths = { [BESIDE]: `./client${code}` };
    await bundle.write({ dir: outDir, format: "es", paths, entryFileNames: `[name]${types}` });
  }
  await bundle.close();
}

/** Finds declaration files by the names that sources have for each other. */
function declarations(declared: string, plain: ReadonlyMap<string, string>): Plugin {
  return {
    name: "declarations",
    resolveId(id, importer) {
      if (importer === undefined || !id.startsWith(".")) return null;
      const path = id.startsWith(FROM_EXPANDED)
        ? join(declared, id.slice(FROM_EXPANDED.length))
        : join(dirname(importer), id);
      return [`${path}.d.ts`, join(path, "index.d.ts")].find((file) => existsSync(file)) ?? null;
    },
    load: (id) => plain.get(id) ?? null,
  };
}
