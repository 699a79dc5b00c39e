import { useRef } from "preact/hooks";
import { Button } from "../../parts/button";

/** Chooses files from the device. */
export function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      <Button kind="quiet" onClick={() => input.current?.click()}>
        Attach
      </Button>
    </>
  );
}
