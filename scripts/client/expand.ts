import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../local-identity";
import { emitDeclarations } from "./compiler";
import { DeclaredModule } from "./declared-module";
import { SOURCES } from "./entries";

/** A type by the module that exports it, below `src`. */
export type Named = { module: string; name: string };

/** How an expanded type says from where a type comes: as seen from the folder where they are expanded. */
export const FROM_EXPANDED = "../../src/";

/** The text that the compiler says types come to, by `module#name`. `work` is two folders below the root. */
export function expand(work: string, types: readonly Named[]): Map<string, string> {
  const source = join(work, "expand.ts");
  const from = relative(work, SOURCES);
  const lines = types.map(
    ({ module, name }, i) => `export const t${i} = value<import("${from}/${module}").${name}>();`,
  );
  // Mapped, so that the compiler writes out what it would otherwise name.
  const value =
    "declare function value<T>(): T extends unknown ? { [K in keyof T]: T[K] } : never;";
  writeFileSync(source, [value, ...lines, ""].join("\n"));
  const outDir = join(work, "expanded");
  emitDeclarations(work, [source], outDir);
  const declared = join(outDir, relative(ROOT, source).replace(/\.ts$/, ".d.ts"));
  const found = annotations(new DeclaredModule(readFileSync(declared, "utf8")));
  return new Map(
    types.flatMap(({ module, name }, i): [string, string][] => {
      const text = found.get(`t${i}`);
      return text === undefined ? [] : [[`${module}#${name}`, text]];
    }),
  );
}

/** The types of a module's constants. */
function annotations(module: DeclaredModule): Map<string, string> {
  const found = new Map<string, string>();
  for (const { node } of module.statements) {
    if (node.type !== "ExportNamedDeclaration") continue;
    if (node.declaration?.type !== "VariableDeclaration") continue;
    for (const { id } of node.declaration.declarations) {
      if (id.type !== "Identifier" || !id.typeAnnotation) continue;
      found.set(id.name, module.textOf(id.typeAnnotation.typeAnnotation));
    }
  }
  return found;
}
