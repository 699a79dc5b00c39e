import { queryParameters } from "../json-schema";
import { type Operation, pathParameters } from "../operation";
import { PATH_PARAMETERS } from "../parameters";

/** The operation's example as a command line; `$TASKROOM` is the service's address. */
export function curlOf(operation: Operation): string {
  const { method, scope, body, upgrade } = operation;
  const url = `$TASKROOM${exampleTarget(operation)}`;
  if (upgrade) return `new WebSocket("${url}", ["taskroom.v1", "taskroom.bearer." + token])`;
  const lines = [
    method === "get" ? `curl "${url}"` : `curl -X ${method.toUpperCase()} "${url}"`,
    ...(scope === "open" ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(body ? ['-H "Content-Type: application/json"', `-d ${quoted(body.example)}`] : []),
  ];
  return lines.join(" \\\n  ");
}

/** Path and query with the values of the example. */
export function exampleTarget(operation: Operation): string {
  const { query, example = {} } = operation;
  const path = pathParameters(operation).reduce(
    (text, name) => text.replace(`{${name}}`, encodeURIComponent(PATH_PARAMETERS[name].example)),
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
