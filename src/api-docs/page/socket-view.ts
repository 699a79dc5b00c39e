import { schemaOf } from "../json-schema";
import { CLOSES } from "../sockets/closes";
import type { CommandFrame, Frame, Socket } from "../sockets/socket";
import { type Html, html, pretty, prose } from "./html";
import { typeOf } from "./schema-view";

/** A socket's commands and events. */
export function socketSection({ id, title, description, operation, ...frames }: Socket): Html {
  return html`<section id="${id}"><h2>${title}: WebSocket</h2>
<p><code>${operation.path}</code>, opened as <a href="#${operation.id}">${operation.id}</a> says.
${prose(description)}</p>
${frames.commands.length > 0 && html`<h3>Commands</h3>${frames.commands.map(commandView)}`}
<p>The text <code>ping</code>, which is no JSON, is answered <code>pong</code>.</p>
<h3>Events</h3>${frames.events.map(eventView)}</section>`;
}

function commandView(command: CommandFrame): Html {
  const errors = command.errors.map((code) => html`<a href="#error-${code}">${code}</a> `);
  return html`<article id="${command.id}">${frameView(command)}
<h4>Answer</h4><div>${typeOf(schemaOf(command.ack.schema))}</div>${pretty(command.ack.example)}
<h4>Errors</h4><p>${errors}</p></article>`;
}

function eventView(event: Frame): Html {
  return html`<article id="${event.id}">${frameView(event)}</article>`;
}

function frameView({ name, summary, description, schema, example }: Frame): Html {
  return html`<h4><code>${name}</code></h4>
<p>${prose(summary)}. ${description !== undefined && prose(description)}</p>
<div>${typeOf(schemaOf(schema))}</div>${pretty(example)}`;
}

export function closeSection(): Html {
  const rows = CLOSES.map(
    ({ code, when, advice }) => html`<tr><th scope="row"><code>${code}</code></th>
<td>${when}</td><td>${advice}</td></tr>`,
  );
  return html`<section id="closes"><h2>Close codes</h2><div class="scroll"><table><thead><tr>
<th scope="col">Code</th><th scope="col">When</th><th scope="col">What to do</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
