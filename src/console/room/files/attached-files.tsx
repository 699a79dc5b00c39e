import { useCallback, useState } from "preact/hooks";
import type { Attachment } from "../../../client";
import { isPicture } from "./file-kind";
import { FileLine } from "./file-line";
import { Picture } from "./picture";
import { Kind } from "./thumbnail";

/** Files that a message carries: pictures as they are, the rest by name. */
export function AttachedFiles({ files }: { files: readonly Attachment[] | undefined }) {
  if (!files || files.length === 0) return null;
  return (
    <ul class="plain-list row wrap files" aria-label="Files">
      {files.map((file) => (
        <AttachedFile key={file.fileId} file={file} />
      ))}
    </ul>
  );
}

function AttachedFile({ file }: { file: Attachment }) {
  const [isGone, setIsGone] = useState(false);
  const onGone = useCallback(() => setIsGone(true), []);
  const isDrawn = isPicture(file.mediaType) && !isGone;
  return (
    <li class={`file ${isDrawn ? "drawn" : ""} ${isGone ? "gone" : ""}`}>
      {isDrawn ? <Picture file={file} onGone={onGone} /> : <Kind file={file} />}
      <FileLine {...{ file, isGone, onGone }} />
    </li>
  );
}
