import { ERRORS } from "../../protocol/errors";
import type { Content } from "../description";
import { schemaOf } from "../json-schema";
import { parametersOf } from "../openapi";
import { type DescribedOperation, errorsOf } from "../operation";
import { curlOf } from "./curl";
import { type Html, html, type Part, pretty, prose } from "./html";
import { typeOf } from "./schema-view";

/** All operations of a tag. */
export function operationSection(tag: string, operations: readonly DescribedOperation[]): Html {
  return html`<section id="${anchorOf(tag)}"><h2>${tag}</h2>${operations.map(operationView)}</section>`;
}

export function anchorOf(tag: string): string {
  return `tag-${tag.toLowerCase().replaceAll(" ", "-")}`;
}

function operationView(operation: DescribedOperation): Html {
  const { id, method, path, summary, description, scope, body, raw } = operation;
  return html`<article id="${id}"><h3><code>${method.toUpperCase()} ${path}</code></h3>
<p><strong>${summary}.</strong> ${description !== undefined && prose(description)}
${scope === "open" ? "Needs no credential." : html`Scope: <code>${scope}</code>.`}</p>
${parameterTable(operation)}
${body && html`<h4>Body${body.required ? "" : " (may be left out)"}</h4>${contentView(body)}`}
${raw && html`<h4>Body</h4><p>The bytes themselves.</p>`}
${answerView(operation)}${errorView(operation)}
<h4>Example</h4><pre tabindex="0"><code>${curlOf(operation)}</code></pre></article>`;
}

function parameterTable(operation: DescribedOperation): Part {
  const rows = parametersOf(operation).map(
    ({ name, in: place, required, schema, description }) => html`<tr>
<th scope="row"><code>${name}</code></th><td>${place}${required && ", required"}</td>
<td>${prose(description)} ${typeOf(schema)}</td></tr>`,
  );
  return (
    rows.length > 0 &&
    html`<h4>Parameters</h4><div class="scroll"><table><thead><tr><th scope="col">Name</th>
<th scope="col">In</th><th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

function contentView({ schema, example }: Content): Html {
  return html`<div>${typeOf(schemaOf(schema))}</div>${pretty(example)}`;
}

function answerView({ answer }: DescribedOperation): Html {
  const { status, description, json, media, headers = [] } = answer;
  return html`<h4>Answer ${status}</h4><p>${prose(description)}
${headers.map((name) => html` With the header <code>${name}</code>.`)}</p>
${json && contentView(json)}
${media && html`<p><code>${media.type}</code>: ${prose(media.description)}</p>`}`;
}

function errorView(operation: DescribedOperation): Part {
  const codes = errorsOf(operation).map(
    (code) => html`<a href="#error-${code}">${code}</a> ${ERRORS[code].status} `,
  );
  return codes.length > 0 && html`<h4>Errors</h4><p>${codes}</p>`;
}
