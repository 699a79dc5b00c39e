import { queryParameters } from "../json-schema";
import type { DescribedOperation } from "../operation";

/** The operation's example as a command line; `$TASKROOM` is the service's address. */
export function curlOf(operation: DescribedOperation): string {
  const { method, scope, body, raw, upgrade } = operation;
  const url = `$TASKROOM${exampleTarget(operation)}`;
  if (upgrade) return `new WebSocket("${url}", ["taskroom.v1", "taskroom.bearer." + token])`;
  const lines = [
    method === "get" ? `curl "${url}"` : `curl -X ${method.toUpperCase()} "${url}"`,
    ...(scope === "open" ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(body ? ['-H "Content-Type: application/json"', `-d ${quoted(body.example)}`] : []),
    ...(raw ? ['-H "Content-Type: image/png"', "--data-binary @photo.png"] : []),
  ];
  return lines.join(" \\\n  ");
}

/** Path and query with the values of the example. */
export function exampleTarget(operation: DescribedOperation): string {
  const { parameters, query, example = {} } = operation;
  const path = parameters.reduce(
    (text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(example)),
    operation.path,
  );
  const search = new URLSearchParams(
    (query ? queryParameters(query) : []).flatMap(({ name }) =>
      example[name] === undefined ? [] : [[name, example[name]]],
    ),
  ).toString();
  return search ? `${path}?${search}` : path;
}

function quoted(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;
}
