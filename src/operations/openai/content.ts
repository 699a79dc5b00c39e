import * as z from "zod";
import { LIMITS } from "../../protocol/limits";

/** Parts of one message; a message is one text in the end. */
const PARTS = 100;

const text = z.string().max(LIMITS.createBodyBytes);

/** A message's words: text, or parts of these types, that are text. Anything else is refused by its type. */
export function words<Type extends string>(type: Type, ...others: Type[]) {
  const types = [type, ...others];
  const part = z.looseObject({
    type: z.enum(types, { error: `only text is taken: ${types.join(", ")}` }),
    text,
  });
  return z.union([text, z.array(part).min(1).max(PARTS)]);
}

type Words = string | { text: string }[];

export function textOf(content: Words): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("\n");
}
