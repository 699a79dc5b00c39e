import { useEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../../../client";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { useAccount } from "../../state/account";
import { useAction } from "../../state/use-action";
import { sizeText } from "./size-text";

/** Bytes up to which a picture is shown without being asked for. */
const MOST_SHOWN = 5 * 1024 * 1024;

/** Files that a message carries: pictures as they are, the rest by name. */
export function AttachedFiles({ files }: { files: readonly Attachment[] | undefined }) {
  if (!files || files.length === 0) return null;
  return (
    <ul class="plain-list row wrap files" aria-label="Files">
      {files.map((file) => (
        <li key={file.fileId} class="file">
          {file.mediaType.startsWith("image/") && file.size <= MOST_SHOWN && (
            <Picture file={file} />
          )}
          <SaveLine file={file} />
        </li>
      ))}
    </ul>
  );
}

function SaveLine({ file }: { file: Attachment }) {
  const { client } = useAccount();
  const { run, busy, error } = useAction();
  const save = () =>
    run(async () => {
      const address = URL.createObjectURL(await client.files.fetch(file.fileId));
      const link = document.createElement("a");
      link.href = address;
      link.download = file.name;
      link.click();
      // The browser has it by then.
      setTimeout(() => URL.revokeObjectURL(address), SAVED_MS);
    });
  return (
    <>
      <span class="row tight">
        <span class="name">{file.name}</span>
        <span class="quiet">{sizeText(file.size)}</span>
        <Button kind="quiet" busy={busy} label={`Save ${file.name}`} onClick={save}>
          Save
        </Button>
      </span>
      <Problem error={error} />
    </>
  );
}

const SAVED_MS = 60_000;

/** Fetched with the token once it comes into sight: an address alone would not be let in. */
function Picture({ file: { fileId, name } }: { file: Attachment }) {
  const { client } = useAccount();
  const place = useRef<HTMLDivElement>(null);
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const abort = new AbortController();
    let made: string | undefined;
    const load = async () => {
      const blob = await client.files.fetch(fileId, { inline: true, signal: abort.signal });
      if (abort.signal.aborted) return;
      made = URL.createObjectURL(blob);
      setAddress(made);
    };
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      // Its name and a way to save it are there all the same.
      load().catch(() => {});
    });
    sight.observe(current);
    return () => {
      sight.disconnect();
      abort.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [client, fileId]);
  return <div ref={place}>{address && <img class="picture" src={address} alt={name} />}</div>;
}
