import { useEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../../../client";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { kindOf } from "./file-kind";
import { SaveButton } from "./save-button";
import { sizeText } from "./size-text";
import { usePicture } from "./use-picture";

/** Bytes up to which a picture is shown without being asked for. */
const MOST_SHOWN = 5 * 1024 * 1024;

type Props = { file: Attachment; onGone: () => void };

/** A picture in bounds, and in the window's full size for who asks. */
export function Picture({ file, onGone }: Props) {
  const { fileId, name, size } = file;
  const place = useRef<HTMLDivElement>(null);
  const [isWanted, setIsWanted] = useState(size <= MOST_SHOWN);
  const [isBroken, setIsBroken] = useState(false);
  const [isLarge, setIsLarge] = useState(false);
  const { address, error, again } = usePicture(fileId, place, isWanted);
  const isGone = error?.code === "not_found";
  useEffect(() => {
    if (isGone) onGone();
  }, [isGone, onGone]);
  if (isBroken) return <p class="quiet">It cannot be shown as a picture.</p>;
  return (
    <div ref={place} class={`picture-place ${address || !isWanted || error ? "" : "awaited"}`}>
      {!isWanted && (
        <Button label={`Show the picture ${name}`} onClick={() => setIsWanted(true)}>
          Show the picture
        </Button>
      )}
      {error && !isGone && (
        <p class="issue">
          {error.detail}{" "}
          <Button label={`Try again to load ${name}`} onClick={again}>
            Try again
          </Button>
        </p>
      )}
      {address && (
        <button
          type="button"
          class="picture-button"
          aria-label={`Show ${name} large`}
          onClick={() => setIsLarge(true)}
        >
          <img class="picture" src={address} alt={name} onError={() => setIsBroken(true)} />
        </button>
      )}
      {address && isLarge && (
        <Dialog title={name} isWide onClose={() => setIsLarge(false)}>
          <img class="picture-large" src={address} alt={name} />
          <div class="row spread wrap">
            <span class="quiet">
              {kindOf(file)} · {sizeText(size)}
            </span>
            <SaveButton file={file} onGone={onGone} />
          </div>
        </Dialog>
      )}
    </div>
  );
}
