import { fitsBytes, jsonBytes } from "../../../protocol/bytes";
import type { JsonObject } from "../../../protocol/json";
import { type Fields, isFields } from "../../model/wire/json";
import { REFUSED_AT_ROOT } from "./keywords";
import { repaired } from "./repair";
import { flattened } from "./root";
import { Unusable } from "./unusable";

/** Bytes as JSON of one tool's schema. */
const MOST_BYTES = 64 * 1024;
/** Bytes of the words that stand for what a schema may not have at its root. */
const MOST_NOTE_BYTES = 4000;

export type OfferedSchema = {
  schema: JsonObject;
  /** What the schema cannot say in a form that providers take, in words for the model. */
  note?: string;
};

/**
 * The schema of a tool's arguments as every provider takes it: of an object, without combinations at its
 * root. Throws `Unusable` where it can't be that without meaning something else.
 */
export function offeredSchema(given: unknown): OfferedSchema {
  const root = rootOf(given);
  if (!fitsBytes(JSON.stringify(root), MOST_BYTES)) throw new Unusable("is too large");
  const whole = repaired(root);
  const { schema, lost } = flattened(whole);
  if (jsonBytes(schema) > MOST_BYTES) throw new Unusable("is too large");
  const note = Object.keys(lost).length > 0 ? noteOf(lost) : "";
  // What came from JSON is JSON still.
  return { schema: schema as JsonObject, ...(note !== "" && { note }) };
}

/** Tools without parameters have all kinds of nothing here. */
function rootOf(given: unknown): Fields {
  if (given === undefined || given === null || given === true) return {};
  if (!isFields(given)) throw new Unusable("is none");
  return given;
}

function noteOf(lost: Fields): string {
  const text = JSON.stringify(lost);
  const isShort = fitsBytes(text, MOST_NOTE_BYTES) && REFUSED_AT_ROOT.some((key) => key in lost);
  return isShort ? `Besides, the arguments must match this JSON Schema: ${text}` : "";
}
