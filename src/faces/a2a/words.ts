import type { Part, SendMessage, SentMessage } from "../../operations/a2a/params";
import { issuesOf } from "../../protocol/issues";
import { readContent } from "../files/content";
import type { Said, SentFile } from "../files/sent-file";
import { Fault, notValid } from "./fault";

const PARTS = "message.parts";

/** What a message says, its parts as paragraphs, and the files among them. Throws where there is anything else. */
export function saidIn({ parts }: SentMessage): Said {
  const files = parts.flatMap((part, i) => fileOf(part, `${PARTS}.${i}`) ?? []);
  const texts = parts.flatMap((part, i) => (isFile(part) ? [] : [textOfPart(part, i)]));
  const said = { text: texts.join("\n\n"), files };
  const read = readContent(said);
  if (read.success) return said;
  throw notValid(PARTS, issuesOf(read.error)[0]?.message ?? "not valid");
}

/** The text of a message that is words alone. */
export function textOf(message: SentMessage): string {
  const { text, files } = saidIn(message);
  const [file] = files;
  if (file) throw noSuchContent(file.path, "a file, to a task that is at work");
  return text;
}

function isFile({ raw, url }: Part): boolean {
  return raw !== undefined || url !== undefined;
}

function fileOf(part: Part, path: string): SentFile | undefined {
  const { raw, url } = part;
  if (raw === undefined && url === undefined) return undefined;
  if (raw !== undefined && url !== undefined) throw notValid(path, "one of raw and url");
  const { filename: name, mediaType } = part;
  if (raw !== undefined) return { path: `${path}.raw`, name, mediaType, from: { base64: raw } };
  return { path: `${path}.url`, name, mediaType, from: { url: url ?? "" } };
}

function textOfPart(part: Part, index: number): string {
  const path = `${PARTS}.${index}`;
  if (part.text !== undefined) return part.text;
  if (part.data !== undefined) throw noSuchContent(path, "data");
  throw notValid(path, "one of text, raw, url and data");
}

function noSuchContent(path: string, what: string): Fault {
  const message = `${what}: not taken`;
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
