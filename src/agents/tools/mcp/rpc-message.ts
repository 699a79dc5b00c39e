import { type Fields, isFields } from "../../model/wire/json";

export type RpcError = { code: number | undefined; message: string; data: unknown };

/** A message of JSON-RPC 2.0, as far as it can be told what it is. */
export type RpcMessage =
  | { kind: "result"; id: unknown; result: unknown }
  | { kind: "error"; id: unknown; error: RpcError }
  | { kind: "request"; id: string | number; method: string }
  | { kind: "notification"; method: string; params: Fields };

/** Messages in one batch that are looked at. */
const MOST_MESSAGES = 1000;

/** The messages in a JSON value: one, or a batch of them. What is none is passed over. */
export function readMessages(value: unknown): RpcMessage[] {
  const items = Array.isArray(value) ? value.slice(0, MOST_MESSAGES) : [value];
  return items.map(readMessage).filter((message) => message !== undefined);
}

function readMessage(value: unknown): RpcMessage | undefined {
  if (!isFields(value)) return undefined;
  const { id, method, params } = value;
  if (typeof method === "string") {
    if (typeof id === "string" || typeof id === "number") return { kind: "request", id, method };
    return { kind: "notification", method, params: isFields(params) ? params : {} };
  }
  if (value.error !== undefined && value.error !== null) {
    return { kind: "error", id, error: readError(value.error) };
  }
  return "result" in value ? { kind: "result", id, result: value.result } : undefined;
}

function readError(error: unknown): RpcError {
  if (!isFields(error)) {
    return { code: undefined, message: typeof error === "string" ? error : "", data: undefined };
  }
  const { code, message, data } = error;
  const number = typeof code === "string" ? Number(code) : code;
  return {
    code: Number.isInteger(number) ? Number(number) : undefined,
    message: typeof message === "string" ? message : "",
    data,
  };
}
