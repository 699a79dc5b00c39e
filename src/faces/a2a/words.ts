import type { Part, SendMessage, SentMessage } from "../../operations/a2a/params";
import { content as schemaOfContent } from "../../protocol/content";
import { issuesOf } from "../../protocol/issues";
import { Fault, notValid } from "./fault";

const PARTS = "message.parts";

/** The text of a message, its parts as paragraphs. Throws where there is anything else. */
export function textOf({ parts }: SentMessage): string {
  const text = parts.map(textOfPart).join("\n\n");
  const parsed = schemaOfContent.safeParse(text);
  if (parsed.success) return text;
  throw notValid(PARTS, issuesOf(parsed.error)[0]?.message ?? "not valid");
}

function textOfPart(part: Part, index: number): string {
  const path = `${PARTS}.${index}`;
  if (part.raw !== undefined || part.url !== undefined) throw noSuchContent(path, "a file");
  if (part.text !== undefined) return part.text;
  if (part.data !== undefined) throw noSuchContent(path, "data");
  throw notValid(path, "one of text, raw, url and data");
}

function noSuchContent(path: string, what: string): Fault {
  const message = `${what}: text/plain alone is taken`;
  return new Fault("contentType", "The content is not taken", [{ path, message }]);
}

/** Throws where the client asks for what there is not. */
export function mustBeServed({ configuration }: SendMessage): void {
  const modes = configuration?.acceptedOutputModes ?? [];
  const takesText = modes.length === 0 || modes.some((mode) => /^(?:text\b|\*)/.test(mode));
  if (takesText) return;
  const message = "answers are text/plain";
  throw new Fault("contentType", "The content is not given", [
    { path: "configuration.acceptedOutputModes", message },
  ]);
}
