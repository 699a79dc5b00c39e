import { useMemo } from "preact/hooks";
import type { Attachments } from "../files/attachments";
import { useAttachments } from "../files/use-attachments";
import { WrittenText } from "./written-text";

/** What is being written in a room: it stays while its writer looks at another view of the room. */
export type KeptDraft = { readonly text: WrittenText; readonly files: Attachments };

export function useKeptDraft(): KeptDraft {
  const files = useAttachments();
  return useMemo(() => ({ text: new WrittenText(), files }), [files]);
}
