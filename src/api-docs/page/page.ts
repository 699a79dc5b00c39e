import { ERRORS, errorCode } from "../../protocol/errors";
import { asyncApi } from "../asyncapi";
import { openApi } from "../openapi";
import { OPERATIONS } from "../operations";
import { whenOf } from "../problems";
import { SOCKETS } from "../sockets";
import { Html, html, prose } from "./html";
import { anchorOf, operationSection } from "./operation-view";
import { schemaSection } from "./schema-view";
import { closeSection, socketSection } from "./socket-view";
import { STYLE } from "./style";

/** The whole API on one page, for reading: no script, nothing from elsewhere. */
export function docsPage(): string {
  const tags = Object.entries(Object.groupBy(OPERATIONS, ({ tag }) => tag));
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Taskroom API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${new Html(STYLE)}</style></head><body>
<a class="skip" href="#content">Skip to the content</a>
<header><h1>Taskroom API</h1>
<p>REST as <a href="/openapi.json">OpenAPI 3.1</a>, the sockets as
<a href="/asyncapi.json">AsyncAPI 3.0</a>. For the examples: <code>TASKROOM=http://localhost:8787</code>
and <code>TOKEN=$(npm run -s token -- --sub alice)</code>.</p></header>
<nav aria-label="Contents"><ul>${tags.map(([tag]) => contents(anchorOf(tag), tag))}
${SOCKETS.map(({ id, title }) => contents(id, `${title}: WebSocket`))}
${contents("closes", "Close codes")}${contents("errors", "Errors")}${contents("schemas", "Schemas")}
</ul></nav>
<main id="content">${tags.map(([tag, operations = []]) => operationSection(tag, operations))}
${SOCKETS.map(socketSection)}${closeSection()}${errorSection()}
${schemaSection({ ...asyncApi().components.schemas, ...openApi().components.schemas })}
</main></body></html>
`;
  return text;
}

function contents(anchor: string, title: string): Html {
  return html`<li><a href="#${anchor}">${title}</a></li>`;
}

function errorSection(): Html {
  const rows = errorCode.options.map(
    (code) => html`<tr id="error-${code}"><th scope="row"><code>${code}</code></th>
<td>${ERRORS[code].status}</td><td>${prose(whenOf(code))}</td></tr>`,
  );
  return html`<section id="errors"><h2>Errors</h2>
<p><code>application/problem+json</code> (RFC 9457); error frames of sockets have the same codes.</p>
<div class="scroll"><table><thead><tr><th scope="col">Code</th><th scope="col">Status</th>
<th scope="col">When</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}
