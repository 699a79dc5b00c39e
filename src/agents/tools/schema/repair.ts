import { type Fields, isFields } from "../../model/wire/json";
import { ANNOTATIONS, SCHEMA_LISTS, SCHEMA_MAPS, SCHEMAS, typeIn, UNOFFERED } from "./keywords";
import { referred } from "./references";
import { tooDeep, Unusable } from "./unusable";

const DEEPEST = 48;
/** Schemas in one, with all that references bring in. */
const MOST_SCHEMAS = 2000;

/** Thrown where references can't be replaced by what they stand for: they lead back, or it is too much. */
class Endless extends Error {}

/**
 * A schema in the form that providers take: what is no schema, or wrongly written, is put right or left
 * away where it says nothing; references are replaced by what they stand for, unless they lead back to
 * themselves. It means the same. Throws `Unusable`.
 */
export function repaired(root: Fields): Fields {
  try {
    return new Repair(root, true).schema(root);
  } catch (error) {
    if (!(error instanceof Endless)) throw error;
    const unrolled = withoutReference(root);
    return new Repair(unrolled, false).schema(unrolled);
  }
}

/** The root has to say itself what it is. */
function withoutReference(root: Fields): Fields {
  let at = root;
  for (let n = 0; typeof at.$ref === "string"; n++) {
    const { $ref, ...beside } = at;
    const target = referred(root, $ref);
    if (n > DEEPEST || !isFields(target)) throw new Unusable("refers to what is not in it");
    at = { ...target, ...beside };
  }
  return at;
}

class Repair {
  readonly #root: Fields;
  /** Whether references are replaced. */
  readonly #replaces: boolean;
  readonly #open: string[] = [];
  #count = 0;
  #depth = 0;

  constructor(root: Fields, replaces: boolean) {
    this.#root = root;
    this.#replaces = replaces;
  }

  schema(value: unknown): Fields {
    if (value === false) return { not: {} };
    if (!isFields(value)) return {};
    if (++this.#depth > DEEPEST) throw tooDeep();
    if (++this.#count > MOST_SCHEMAS)
      throw this.#replaces ? new Endless() : new Unusable("is too large");
    const schema =
      typeof value.$ref === "string" ? this.#reference(value, value.$ref) : this.#plain(value);
    this.#depth--;
    return schema;
  }

  #reference({ $ref, ...beside }: Fields, ref: string): Fields {
    const target = referred(this.#root, ref);
    const around = this.#plain(beside);
    if (!this.#replaces) return { ...around, $ref: ref };
    if (this.#open.includes(ref)) throw new Endless();
    this.#open.push(ref);
    const inner = this.schema(target);
    this.#open.pop();
    const constrains = Object.keys(around).some((key) => !ANNOTATIONS.includes(key));
    return constrains ? { allOf: [inner, around] } : { ...inner, ...around };
  }

  #plain(written: Fields): Fields {
    const value = asListed(written);
    const entries = Object.entries(value)
      .filter(([key]) => !UNOFFERED.test(key) && key !== "__proto__")
      .map(([key, item]) => [key, this.#keyword(key, item, value)] as const)
      .filter(([, item]) => item !== undefined);
    return withForm(Object.fromEntries(entries), value);
  }

  /** `undefined` where the keyword says nothing. */
  #keyword(key: string, item: unknown, around: Fields): unknown {
    if (key === "type") return typeIn(item);
    if (key === "required") return requiredIn(item, around.properties);
    if (key === "enum") return enumIn(item);
    if (key in EXCLUSIVE && typeof item === "boolean")
      return item ? around[EXCLUSIVE[key] ?? ""] : undefined;
    if (key === "title" || key === "description")
      return typeof item === "string" ? item : undefined;
    if (this.#replaces && (key === "$defs" || key === "definitions")) return undefined;
    if (SCHEMA_MAPS.includes(key)) return isFields(item) ? this.#map(item) : undefined;
    if (SCHEMA_LISTS.includes(key)) return this.#list(item);
    if (SCHEMAS.includes(key)) return this.#single(item);
    return item === null && key !== "const" && key !== "default" ? undefined : item;
  }

  #map(map: Fields): Fields {
    const entries = Object.entries(map).filter(
      ([key, item]) => item !== false && key !== "__proto__",
    );
    return Object.fromEntries(entries.map(([key, item]) => [key, this.schema(item)]));
  }

  #list(list: unknown): Fields[] | undefined {
    return Array.isArray(list) && list.length > 0
      ? list.map((item) => this.schema(item))
      : undefined;
  }

  /** `true` and `{}` are one; providers know the first. */
  #single(item: unknown): unknown {
    if (typeof item === "boolean") return item;
    if (!isFields(item)) return undefined;
    return Object.keys(item).length === 0 ? true : this.schema(item);
  }
}

/** As draft 4 had them: a mark beside the limit that is meant. */
const EXCLUSIVE: Record<string, string> = {
  exclusiveMinimum: "minimum",
  exclusiveMaximum: "maximum",
};

/** Values, each once. */
function enumIn(item: unknown): unknown[] | undefined {
  if (!Array.isArray(item) || item.length === 0) return undefined;
  // A server may send a long list: it is gone through once.
  return [...new Map(item.map((value) => [JSON.stringify(value), value])).values()];
}

/** Names of properties; some mark these in the properties themselves. */
function requiredIn(item: unknown, properties: unknown): string[] | undefined {
  const marked = isFields(properties)
    ? Object.entries(properties).filter(([, inner]) => isFields(inner) && inner.required === true)
    : [];
  const listed = Array.isArray(item) ? item.filter((name) => typeof name === "string") : [];
  const names = new Set([...listed, ...marked.map(([name]) => name)]);
  return names.size > 0 ? [...names] : undefined;
}

/** A list whose places have schemas of their own, as 2020-12 writes it. */
function asListed(schema: Fields): Fields {
  if (!Array.isArray(schema.items)) return schema;
  const { items, additionalItems, ...rest } = schema;
  return { ...rest, prefixItems: items, items: additionalItems ?? {} };
}

/** Says what goes without saying, since providers want it said. */
function withForm(schema: Fields, given: Fields): Fields {
  const marked = "required" in schema ? undefined : requiredIn(undefined, given.properties);
  const type = schema.type ?? typeOf(schema);
  const isList = type === "array" || (Array.isArray(type) && type.includes("array"));
  const bareItems = isList && (schema.items === undefined || schema.items === true);
  return {
    ...schema,
    ...(type !== undefined && { type }),
    ...(marked && { required: marked }),
    ...(bareItems && { items: {} }),
  };
}

function typeOf({ properties, items }: Fields): string | undefined {
  if (properties !== undefined) return "object";
  return items === undefined ? undefined : "array";
}
