import * as z from "zod";
import { BOUNDS, type SentMessage } from "../../../operations/ag-ui/run-input";
import { notValid } from "../errors";

const parts = z.array(z.looseObject({ type: z.string() })).max(BOUNDS.parts);

/** What a message says, where it is words alone. Throws `invalid_request` by the field. */
export function wordsIn({ content }: SentMessage, path: string): string {
  if (typeof content === "string") return content;
  const read = parts.safeParse(content);
  if (!read.success) {
    throw notValid({ path, message: `neither text nor at most ${BOUNDS.parts} parts` });
  }
  return read.data.map((part, i) => wordsOfPart(part, `${path}.${i}`)).join("\n");
}

function wordsOfPart(part: { type: string; text?: unknown }, path: string): string {
  if (part.type === "text" && typeof part.text === "string") return part.text;
  if (part.type === "text") throw notValid({ path: `${path}.text`, message: "not text" });
  const type = part.type.slice(0, 64);
  throw notValid({ path, message: `parts of type "${type}" can't be sent yet: only text` });
}
