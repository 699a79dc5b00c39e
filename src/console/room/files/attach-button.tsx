import { useRef } from "preact/hooks";
import { Button } from "../../parts/button";
import type { Attaching } from "./use-attachments";

/** Chooses files from the device; there is none where it is known that the service keeps no files. */
export function AttachButton({ attaching: { files, isOn } }: { attaching: Attaching }) {
  const input = useRef<HTMLInputElement>(null);
  if (!isOn) return null;
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={({ currentTarget }) => {
          files.add({ files: [...(currentTarget.files ?? [])], folders: [] });
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      <Button kind="quiet" label="Attach files" onClick={() => input.current?.click()}>
        Attach
      </Button>
    </>
  );
}
