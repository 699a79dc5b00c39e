import { newCallId } from "../call-id";
import { errorIn } from "../error-report";
import { type Fields, isFields } from "../json";

/** A word or a text that is there; nothing for an empty one. */
export function wordIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An id of the provider's, or one of our own where it gave none. */
export function idIn(value: unknown): string {
  return typeof value === "number" ? String(value) : (wordIn(value) ?? newCallId());
}

/** A count, which some write as text. */
export function countIn(value: unknown): number | undefined {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** JSON text of a call's arguments, whether they came as such or as an object. */
export function argumentsIn(value: unknown): string {
  if (typeof value === "string") return value;
  return isFields(value) && Object.keys(value).length > 0 ? JSON.stringify(value) : "";
}

/** What an error event says, in the fields that the SDK's readers want; nothing where it is no error. */
export function saidError(event: Fields, name: string): Fields | undefined {
  const found = errorIn(event, name);
  if (!isFields(found)) return undefined;
  const inner = isFields(found.error) ? found.error : found;
  const { type, code, status, message, detail } = inner;
  const said = [message, found.error, detail].find((one) => typeof one === "string");
  const word = code ?? status;
  return {
    type: inner === found ? "error" : (wordIn(type) ?? "error"),
    ...(word !== undefined && word !== null && { code: String(word) }),
    message: textIn(said),
  };
}
