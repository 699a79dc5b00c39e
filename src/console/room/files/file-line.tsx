import type { Attachment } from "../../../client";
import { kindOf } from "./file-kind";
import { SaveButton } from "./save-button";
import { sizeText } from "./size-text";

type Props = { file: Attachment; isGone?: boolean; onGone: () => void };

/** What a file is, and the way to have it. */
export function FileLine({ file, isGone = false, onGone }: Props) {
  const { name, size } = file;
  return (
    <div class="file-line">
      <div class="about">
        <p class="name" title={name}>
          {name}
        </p>
        <p class="quiet">
          {kindOf(file)} · {sizeText(size)}
          {isGone && " · no longer there"}
        </p>
      </div>
      {!isGone && <SaveButton file={file} onGone={onGone} />}
    </div>
  );
}
