import type { Message } from "../../protocol/message";
import { shownFiles } from "../files/shown-file";
import type { WirePart } from "./wire";

/** The files of a message as the protocol has them: by their addresses. */
export function filePartsOf(message: Message, origin: string): WirePart[] {
  return shownFiles(message, origin).map(({ url, name: filename, mediaType }) => {
    return { url, filename, mediaType };
  });
}
