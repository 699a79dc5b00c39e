import { DeclaredModule, type Statement } from "./declared-module";

/** What a type that is inferred from a schema comes to. */
export type Expansion = { module: string; name: string };

/** The exported types of a module that lead to a schema. */
export function inferredTypes(text: string): string[] {
  const module = new DeclaredModule(text);
  return module.statements
    .filter((statement) => statement.isExported && isInferred(module, statement))
    .flatMap(({ typeName }) => typeName ?? []);
}

/** A module with types and functions alone, none of them inferred from anything. */
export function plainText(text: string, expansion: (name: string) => string | undefined): string {
  const module = new DeclaredModule(text);
  const kept: string[] = [];
  const names = new Set<string>();
  for (const statement of module.statements) {
    const { typeName } = statement;
    if (typeName !== undefined && isInferred(module, statement)) {
      const type = expansion(typeName);
      const comment = { start: statement.start, end: statement.node.start };
      if (type) kept.push(`${module.textOf(comment)}export type ${typeName} = ${type};`);
    } else if (mayStay(module, statement)) {
      kept.push(module.textOf(statement));
      for (const name of module.names(statement)) names.add(name);
    }
  }
  return [...importsOf(module, names), ...kept, "export {};"].join("\n");
}

/** A generic one has nothing to be expanded to. */
function isInferred(module: DeclaredModule, statement: Statement): boolean {
  const { typeName, isGeneric } = statement;
  return typeName !== undefined && !isGeneric && !module.isPlain(statement);
}

function mayStay(module: DeclaredModule, { node, ...statement }: Statement): boolean {
  if (node.type === "TSTypeAliasDeclaration") return true;
  if (node.type === "ExportNamedDeclaration") {
    if (!node.declaration) return true;
    if (node.declaration.type === "TSTypeAliasDeclaration") return true;
    return isOfTypes(node.declaration.type) && module.isPlain({ node, ...statement });
  }
  return isOfTypes(node.type) && module.isPlain({ node, ...statement });
}

/** What says only of which types something is; a value's type is its schema's. */
function isOfTypes(type: string): boolean {
  return ["TSDeclareFunction", "TSInterfaceDeclaration", "ClassDeclaration"].includes(type);
}

/** Of its imports those that what is kept still names. */
function importsOf(module: DeclaredModule, names: ReadonlySet<string>): string[] {
  return module.statements.flatMap(({ node }) => {
    if (node.type !== "ImportDeclaration" || !node.source.value.startsWith(".")) return [];
    const kept = node.specifiers.filter(({ local }) => names.has(local.name));
    if (kept.length === 0) return [];
    const list = kept.map((specifier) => module.textOf(specifier).replace(/^type /, ""));
    return `import type { ${list.join(", ")} } from ${JSON.stringify(node.source.value)};`;
  });
}
