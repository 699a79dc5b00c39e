import { type ESTree, parseSync, Visitor } from "rolldown/utils";

/** A statement of a declaration file, with the comment before it. */
export type Statement = {
  node: ESTree.Program["body"][number];
  start: number;
  end: number;
  /** Of the type that it declares. */
  typeName: string | undefined;
  isExported: boolean;
  isGeneric: boolean;
};

/** A declaration file as its parser reads it. */
export class DeclaredModule {
  readonly #text: string;
  readonly statements: readonly Statement[];
  /** Where it asks for the type of a value, or for a type of zod: that leads to a schema. */
  readonly #inferences: number[] = [];
  readonly #names: { name: string; at: number }[] = [];

  constructor(text: string) {
    this.#text = text;
    const { program, comments, errors } = parseSync("module.d.ts", text);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
    this.statements = program.body.map((node) => statementOf(node, text, comments));
    new Visitor({
      TSTypeQuery: ({ start }) => void this.#inferences.push(start),
      TSQualifiedName: ({ left, start }) => {
        if (left.type === "Identifier" && left.name === "z") this.#inferences.push(start);
      },
      Identifier: ({ name, start }) => void this.#names.push({ name, at: start }),
    }).visit(program);
  }

  textOf({ start, end }: { start: number; end: number }): string {
    return this.#text.slice(start, end);
  }

  /** Whether it can be read without a schema. */
  isPlain({ start, end }: Statement): boolean {
    return !this.#inferences.some((at) => at >= start && at < end);
  }

  names({ start, end }: Statement): string[] {
    return this.#names.filter(({ at }) => at >= start && at < end).map(({ name }) => name);
  }
}

function statementOf(
  node: Statement["node"],
  text: string,
  comments: readonly { start: number; end: number }[],
): Statement {
  const { start, end } = node;
  const isExported = node.type === "ExportNamedDeclaration";
  const declared = isExported ? node.declaration : node;
  const alias = declared?.type === "TSTypeAliasDeclaration" ? declared : undefined;
  const before = comments.findLast((comment) => comment.end <= start);
  const isItsOwn = before !== undefined && text.slice(before.end, start).trim() === "";
  return {
    node,
    start: isItsOwn ? before.start : start,
    end,
    typeName: alias?.id.name,
    isExported,
    isGeneric: Boolean(alias?.typeParameters),
  };
}
