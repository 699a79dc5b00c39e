import { type Fields, isFields } from "./json";

/** An error object inside an answer, in any of its dresses; `undefined` where a chunk is none. */
export function errorIn(chunk: Fields, event: string | undefined): unknown {
  const { error, type, object, choices, base_resp } = chunk;
  // As MiniMax says it, with every chunk.
  if (isFields(base_resp) && isSomething(base_resp.status_code)) return chunk;
  if (isSomething(error) || event === "error" || type === "error" || object === "error")
    return chunk;
  const first: unknown = Array.isArray(choices) ? choices[0] : choices;
  if (isFields(first)) return isSomething(first.error) ? first : undefined;
  return isBareError(chunk) ? chunk : undefined;
}

/** An error without a wrapping; a chunk without choices may also be a ping, or tell of a queue. */
function isBareError({ errors, detail, message, code, status, statusCode, type }: Fields): boolean {
  if (isSomething(errors) || isSomething(detail)) return true;
  if (typeof message !== "string" || message === "") return false;
  if (isSomething(code) && !FINE.includes(String(code).toLowerCase())) return true;
  return [status, statusCode, type].some(
    (said) => Number(said) >= 400 || FAILED.test(String(said)),
  );
}

const FINE = ["200", "0", "ok", "success"];
const FAILED = /error|exception|invalid|denied|exceeded|fail/i;

/** Some providers have an empty `error` in every chunk, or one whose fields are all empty. */
function isSomething(value: unknown, depth = 2): boolean {
  if (typeof value === "object" && value !== null) {
    const inner = Object.values(value);
    return depth === 0 ? inner.length > 0 : inner.some((one) => isSomething(one, depth - 1));
  }
  return value !== undefined && value !== null && value !== "" && value !== false && value !== 0;
}
