import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { ROOT } from "../local-identity";
import {
  emitDeclarations,
  importsOf,
  referencesOf,
  type TypeStatement,
  typesOf,
  withReferences,
} from "./declarations";

const ENTRY = "client/index";

/**
 * Writes the client's types as files that need nothing else. Those of the protocol and the resources are inferred
 * from zod's schemas: the compiler is asked what each of them comes to, so that a consumer needs
 * no zod.
 */
export async function writeTypes(outDir: string): Promise<void> {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  // Within the project, where the compiler finds what it imports.
  const work = mkdtempSync(join(ROOT, "dist", "client-types-"));
  try {
    const declared = join(work, "declared");
    emitDeclarations(ROOT, work, [join(ROOT, "src", `${ENTRY}.ts`)], declared);
    const read = (module: string) => readFileSync(join(declared, "src", `${module}.d.ts`), "utf8");
    const plain = new Map(expandedTypes(work, schemaModules(read), read));
    for (const [module, text] of reachable((name) => plain.get(name) ?? read(name))) {
      const file = join(outDir, `${module}.d.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(
        file,
        withReferences(text, (path) => withExtension(module, path)),
      );
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Every module that the entry leads to, with its text. */
function reachable(read: (module: string) => string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (module: string) => {
    if (found.has(module)) return;
    const text = read(module);
    found.set(module, text);
    for (const path of referencesOf(text)) visit(resolved(module, path));
  };
  visit(ENTRY);
  return found;
}

function schemaModules(read: (module: string) => string): string[] {
  return [...reachable(read).keys()]
    .filter((module) => /^(?:protocol|resources)\//.test(module))
    .filter((module) => !isPlainCode(read(module)));
}

/** What only says which functions there are needs no schema to say so. */
function isPlainCode(declarations: string): boolean {
  return !/^import /m.test(declarations) && /^export declare function /m.test(declarations);
}

/** `import(".")` is the folder's index. */
function resolved(from: string, path: string): string {
  const module = posix.join(posix.dirname(from), path);
  return module === posix.dirname(from) || path === "." ? posix.join(module, "index") : module;
}

function withExtension(from: string, path: string): string {
  const relative = posix.relative(posix.dirname(from), resolved(from, path));
  return `${relative.startsWith(".") ? relative : `./${relative}`}.js`;
}

/** Whether a type can be copied as it is written; else it leads to a schema or a value. */
function isPlain({ isGeneric, text }: TypeStatement): boolean {
  return isGeneric || !/\bz\.|\btypeof\b/.test(text);
}

/** Each module with types alone, none of them inferred from anything. */
function expandedTypes(
  work: string,
  modules: string[],
  read: (module: string) => string,
): [module: string, text: string][] {
  const inferred = modules.flatMap((module) =>
    typesOf(read(module))
      .filter((type) => type.text.includes("export type") && !isPlain(type))
      .map(({ name }) => ({ module, name })),
  );
  const expansions = expand(work, inferred);
  return modules.map((module) => {
    const types = typesOf(read(module)).flatMap((type) => {
      const expansion = expansions.get(`${module}#${type.name}`);
      if (expansion === undefined) return isPlain(type) ? [type.text] : [];
      return [`${type.text.slice(0, type.text.indexOf("export type"))}${expansion}`];
    });
    const text = types.join("");
    const imports = importsOf(read(module)).filter(({ names }) =>
      names.some((name) => new RegExp(`\\b${name}\\b`).test(text)),
    );
    return [module, `${imports.map((item) => item.text).join("")}${text}export {};\n`];
  });
}

/** What the compiler says that types come to, by `module#name`. */
function expand(work: string, types: { module: string; name: string }[]): Map<string, string> {
  const source = join(work, "expand.ts");
  const lines = types.map(
    ({ module, name }, i) => `export const t${i} = value<import("../../src/${module}").${name}>();`,
  );
  // Mapped, so that the compiler writes out what it would otherwise name.
  const value =
    "declare function value<T>(): T extends unknown ? { [K in keyof T]: T[K] } : never;";
  writeFileSync(source, [value, ...lines, ""].join("\n"));
  const outDir = join(work, "expanded");
  emitDeclarations(ROOT, work, [source], outDir);
  const file = join(outDir, source.slice(ROOT.length).replace(/\.ts$/, ".d.ts"));
  const found = readFileSync(file, "utf8").matchAll(
    /^export declare const t(\d+): ([\s\S]*?;)\n(?=export |$(?![\s\S]))/gm,
  );
  return new Map(
    [...found].flatMap(([, i, text = ""]) => {
      const type = types[Number(i)];
      if (!type) return [];
      const { module, name } = type;
      // The references in it are as seen from the file that was compiled.
      const here = withReferences(text, (path) => {
        const at = posix.relative("../../src", path);
        const relative = posix.relative(posix.dirname(module), at);
        return relative.startsWith(".") ? relative : `./${relative}`;
      });
      return [[`${module}#${name}`, `export type ${name} = ${here}\n`]];
    }),
  );
}
