import * as z from "zod";
import { beginningAsJson, utf8Bytes } from "../bytes";
import { type JsonValue, parseJson } from "../json";
import { LIMITS } from "../limits";

/** Stands at the end of what was longer. */
export const CUT_MARK = " […cut]";

/** `cut` where it is the beginning of the value's text. */
export type Shown = { value: JsonValue; cut?: true };

/** A value as events show it: of at most so many bytes as JSON, and of one value's bound. */
export function shownValue(value: unknown, bytes: number = LIMITS.toolValueBytes): Shown {
  const most = Math.min(LIMITS.toolValueBytes, bytes);
  const text = JSON.stringify(value) ?? "null";
  if (utf8Bytes(text) > Math.max(most, 0)) {
    const whole = (typeof value === "string" ? value : text).toWellFormed();
    const room = most - utf8Bytes(CUT_MARK) - 2;
    return { value: beginningAsJson(whole, room) + CUT_MARK, cut: true };
  }
  const json = parseJson(text);
  const parsed = z.json().safeParse(json.ok ? json.value : undefined);
  return { value: parsed.success ? parsed.data : text.toWellFormed() };
}
