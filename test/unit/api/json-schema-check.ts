import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type Node = { [name: string]: unknown };

/** Members of a generated document, followed by name. */
export function at(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), value);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

/** Checks values against schemas of a document, whose `#/…` references it resolves. */
export function checkerOf(document: object) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  return (schema: unknown, value: unknown): string => {
    const validate = ajv.compile(withAbsolute(schema));
    return validate(value) ? "" : ajv.errorsText(validate.errors);
  };
}

function withAbsolute(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
}
