import { type Fields, isFields } from "../../model/wire/json";
import { REFUSED_AT_ROOT } from "./keywords";
import { Unusable } from "./unusable";

type Flat = {
  schema: Fields;
  /** What the schema had besides, and what it lets pass now. */
  lost: Fields;
};

/**
 * The schema of an object with all its properties at its root. A combination is merged: all of several,
 * or the only one that an object can match, exactly; one of several so that whatever matches any of them
 * matches, which is also told as `lost`. Takes a repaired schema. Throws `Unusable`.
 */
export function flattened(schema: Fields): Flat {
  if (!isOfObject(schema)) throw new Unusable("is not that of an object");
  const { properties, required, allOf, anyOf, oneOf, ...rest } = schema;
  const lost = Object.fromEntries(Object.entries(rest).filter(([key]) => isRefused(key)));
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !isRefused(key)));
  const flat: Flat = {
    schema: { ...kept, type: "object", ...shape(mapIn(properties), namesIn(required)) },
    lost,
  };
  for (const branch of schemasIn(allOf)) mergeAll(flat, flattened(branch));
  for (const key of ["anyOf", "oneOf"]) mergeAny(flat, key, key === "anyOf" ? anyOf : oneOf);
  return flat;
}

const isRefused = (key: string) => REFUSED_AT_ROOT.includes(key);

function isOfObject({ type }: Fields): boolean {
  return (
    type === undefined || type === "object" || (Array.isArray(type) && type.includes("object"))
  );
}

function mergeAll(flat: Flat, { schema, lost }: Flat): void {
  const properties = mapIn(flat.schema.properties);
  for (const [name, inner] of Object.entries(mapIn(schema.properties))) {
    const known = properties[name];
    properties[name] =
      known === undefined || isSame(known, inner) ? inner : { allOf: [known, inner] };
  }
  const required = [...namesIn(flat.schema.required), ...namesIn(schema.required)];
  const { properties: _, required: __, type: ___, additionalProperties, ...more } = schema;
  // Closed for its own properties only, it would refuse the others'.
  const isClosed = additionalProperties !== undefined && Object.keys(properties).length === 0;
  flat.schema = {
    ...more,
    ...withoutClosing(flat.schema),
    ...(isClosed && { additionalProperties }),
    ...shape(properties, required),
  };
  flat.lost = { ...lost, ...flat.lost };
}

function mergeAny(flat: Flat, key: string, value: unknown): void {
  if (value === undefined) return;
  // Arguments are an object, whatever else the schema would take.
  const branches = schemasIn(value).filter(isOfObject);
  const [only] = branches;
  if (only === undefined) throw new Unusable("is not that of an object");
  if (branches.length === 1) {
    mergeAll(flat, flattened(only));
    return;
  }
  const flats = branches.map((branch) => flattened(branch).schema);
  const properties = mapIn(flat.schema.properties);
  for (const name of new Set(flats.flatMap((branch) => Object.keys(mapIn(branch.properties))))) {
    if (properties[name] === undefined) properties[name] = anyOfProperty(name, flats);
  }
  const shared = flats
    .map((branch) => namesIn(branch.required))
    .reduce((all, names) => all.filter((name) => names.includes(name)));
  const required = [...namesIn(flat.schema.required), ...shared];
  flat.schema = { ...withoutClosing(flat.schema), ...shape(properties, required) };
  flat.lost = { ...flat.lost, [key]: value };
}

function anyOfProperty(name: string, flats: readonly Fields[]): unknown {
  const forms = flats
    .map(({ properties }) => mapIn(properties)[name])
    .filter((inner) => inner !== undefined);
  const different = forms.filter((form, at) => forms.findIndex((one) => isSame(one, form)) === at);
  return different.length === 1 ? different[0] : { anyOf: different };
}

function withoutClosing({ additionalProperties, ...schema }: Fields): Fields {
  return schema;
}

function shape(properties: Fields, required: readonly string[]): Fields {
  return { properties, ...(required.length > 0 && { required: [...new Set(required)] }) };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function mapIn(value: unknown): Fields {
  return isFields(value) ? { ...value } : {};
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function schemasIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
