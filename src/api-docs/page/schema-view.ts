import { type JsonSchema, nameIn } from "../json-schema";
import { type Html, html, type Part, prose } from "./html";

/** A schema's type in a line, with links to the named ones. */
export function typeOf(schema: JsonSchema | boolean | undefined): Html {
  if (schema === undefined || typeof schema === "boolean") return html`anything`;
  const { $ref, allOf, anyOf = schema.oneOf, items, type } = schema;
  if ($ref !== undefined) return reference(nameIn($ref));
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) return joined(schema.enum.map((value) => html`<code>${String(value)}</code>`));
  if (allOf) return typeOf(allOf[0]);
  if (anyOf) return joined(anyOf.map(typeOf));
  if (type === "array") return html`list of ${typeOf(Array.isArray(items) ? items[0] : items)}`;
  if (schema.properties) return members(schema);
  if (type === "object") return html`object${mapped(schema)}`;
  return html`${type ?? "anything"}${constraints(schema)}`;
}

export function reference(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`;
}

function joined(types: readonly Html[]): Html {
  return html`${types.map((type, i) => (i === 0 ? type : html` or ${type}`))}`;
}

function mapped({ additionalProperties }: JsonSchema): Part {
  return typeof additionalProperties === "object" && html` of ${typeOf(additionalProperties)}`;
}

const CONSTRAINTS: [keyof JsonSchema, string][] = [
  ["format", ""],
  ["minLength", "at least "],
  ["maxLength", "at most "],
  ["minimum", "from "],
  ["maximum", "to "],
  ["default", "default "],
  ["pattern", "matches "],
];

function constraints(schema: JsonSchema): Part {
  const said = CONSTRAINTS.flatMap(([name, words]) =>
    schema[name] === undefined ? [] : [html`, ${words}<code>${String(schema[name])}</code>`],
  );
  const limits = schema.maxItems === undefined ? [] : [html`, at most ${schema.maxItems}`];
  return [...said, ...limits];
}

/** The table of an object's members. */
export function members({ properties = {}, required = [] }: JsonSchema): Html {
  const rows = Object.entries(properties).map(
    ([name, schema]) => html`<tr><th scope="row"><code>${name}</code></th>
<td>${typeOf(schema)}</td><td>${required.includes(name) ? "always" : "optional"}</td></tr>`,
  );
  if (rows.length === 0) return html`object without members`;
  return html`<div class="scroll"><table><thead><tr><th scope="col">Member</th>
<th scope="col">Type</th><th scope="col">There</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Every named schema, each to be opened. */
export function schemaSection(schemas: Record<string, JsonSchema>): Html {
  const items = Object.entries(schemas).map(
    ([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>
${schema.description !== undefined && html`<p>${prose(schema.description)}</p>`}
<div>${typeOf(schema)}</div></article>`,
  );
  return html`<section id="schemas"><h2>Schemas</h2>${items}</section>`;
}
