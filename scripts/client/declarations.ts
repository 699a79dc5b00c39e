import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What `tsc` declares of some files and all that they import, below `outDir`. */
export function emitDeclarations(root: string, work: string, files: string[], outDir: string) {
  const config = join(work, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir,
  };
  const extended = join(root, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, files, include: [] }));
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-p", config], {
    cwd: root,
    stdio: "inherit",
  });
}

export type TypeStatement = { name: string; isGeneric: boolean; text: string };

const STATEMENT =
  /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:export )?type (\w+)(<[^=]*>)? = [\s\S]*?;\n(?=export |import |type |declare |\/\*\*|$(?![\s\S]))/g;

/** The type aliases of a declaration file, each with the comment before it. */
export function typesOf(declarations: string): TypeStatement[] {
  return [...declarations.matchAll(STATEMENT)].map(([text, name = "", parameters]) => ({
    name,
    isGeneric: parameters !== undefined,
    text,
  }));
}

/** `import type` statements from files beside it, with the names that they bring. */
export function importsOf(declarations: string): { text: string; names: string[] }[] {
  const found = declarations.matchAll(/^import (?:type )?\{([^}]*)\} from "\.[^"]*";\n/gm);
  return [...found].map(([text, names = ""]) => ({
    text: text.replace(/^import (?:type )?\{/, "import type {").replace(/([{,] ?)type /g, "$1"),
    names: names.split(",").map((name) => name.replace("type ", "").trim()),
  }));
}

const SPECIFIER = /(from |import\()"(\.[^"]*)"/g;

/** The files beside it that a declaration file refers to. */
export function referencesOf(declarations: string): string[] {
  return [...declarations.matchAll(SPECIFIER)].map(([, , path = ""]) => path);
}

export function withReferences(declarations: string, change: (path: string) => string): string {
  return declarations.replace(
    SPECIFIER,
    (_, how: string, path: string) => `${how}"${change(path)}"`,
  );
}
