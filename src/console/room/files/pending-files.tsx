import { Button } from "../../parts/button";
import { sizeText } from "./size-text";
import type { Attachments, Pending } from "./use-attachments";

/** Files that go with the next message, and how far each is. */
export function PendingFiles({ files }: { files: Attachments }) {
  if (files.pending.length === 0) return null;
  return (
    <ul class="plain-list row wrap files" aria-label="Files of the message">
      {files.pending.map((file) => (
        <li key={file.key} class={`file ${file.error ? "bad" : ""}`}>
          <span class="row tight">
            <span class="name">{file.name}</span>
            <span class="quiet">{sizeText(file.size)}</span>
            <Button
              kind="quiet"
              label={`Take ${file.name} away`}
              onClick={() => files.remove(file.key)}
            >
              ✕
            </Button>
          </span>
          <State file={file} />
        </li>
      ))}
    </ul>
  );
}

function State({ file: { name, size, sent, fileId, error } }: { file: Pending }) {
  if (error) {
    return (
      <p class="issue" role="alert">
        {error.detail}
      </p>
    );
  }
  if (fileId) return null;
  return <progress max={Math.max(size, 1)} value={sent} aria-label={`${name} on its way`} />;
}
