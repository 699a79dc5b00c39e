import type { OfferedFile } from "../files/made-files";
import { type Fields, isFields, listOf } from "../model/wire/json";

/** Files of one answer that are looked at; more than a message carries, so that it can be said that there were. */
const MOST_FILES = 64;

/** The pictures, the sound and the resources in what a tool of an MCP server answered. */
export function toolFiles(answer: unknown, toolName: string): OfferedFile[] {
  const content = isFields(answer) ? answer.content : answer;
  return listOf(content)
    .flatMap((part) => (isFields(part) ? fileIn(part) : []))
    .slice(0, MOST_FILES)
    .map(({ name, ...file }, i) => ({ ...file, name: name ?? `${toolName}-${i + 1}` }));
}

type Found = Omit<OfferedFile, "name"> & { name: string | undefined };

function fileIn(part: Fields): Found[] {
  const { type, data, mimeType, resource } = part;
  if ((type === "image" || type === "audio") && typeof data === "string") {
    const mediaType = typeof mimeType === "string" ? mimeType : `${type}/*`;
    return [{ name: undefined, mediaType, data: { base64: withoutFrame(data) } }];
  }
  return type === "resource" && isFields(resource) ? resourceFile(resource) : [];
}

function resourceFile({ uri, mimeType, text, blob }: Fields): Found[] {
  const name = typeof uri === "string" ? lastOf(uri) : undefined;
  const said = typeof mimeType === "string" ? mimeType : undefined;
  if (typeof blob === "string") {
    const mediaType = said ?? "application/octet-stream";
    return [{ name, mediaType, data: { base64: withoutFrame(blob) } }];
  }
  if (typeof text !== "string") return [];
  const bytes = new Uint8Array(new TextEncoder().encode(text));
  return [{ name, mediaType: said ?? "text/plain", data: { bytes } }];
}

/** Some servers write lines, or an address of data. */
function withoutFrame(base64: string): string {
  return base64.replace(/^data:[^,]{0,200},/, "").replaceAll(/\s+/g, "");
}

/** The last word of an address that looks like a file's name. */
function lastOf(uri: string): string | undefined {
  const path = uri.replace(/[?#].*$/s, "");
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last) || undefined;
  } catch {
    return last || undefined;
  }
}
