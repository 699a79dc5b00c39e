import { useEffect } from "preact/hooks";
import type { Attachment } from "../../../client";
import { Button } from "../../parts/button";
import { Problem } from "../../parts/problem";
import { useAccount } from "../../state/account";
import { useAction } from "../../state/use-action";

type Props = { file: Attachment; onGone: () => void };

/** Fetches a file with the token and gives it to the browser to save, under its name. */
export function SaveButton({ file: { fileId, name }, onGone }: Props) {
  const { client } = useAccount();
  const { run, busy, error } = useAction();
  const isGone = error?.code === "not_found";
  useEffect(() => {
    if (isGone) onGone();
  }, [isGone, onGone]);
  const save = () =>
    run(async () => {
      const address = URL.createObjectURL(await client.files.fetch(fileId));
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
      // The browser has it by then.
      setTimeout(() => URL.revokeObjectURL(address), SAVED_MS);
    });
  return (
    <>
      <Button kind="quiet" busy={busy} label={`Save ${name}`} onClick={save}>
        Save
      </Button>
      {!isGone && <Problem error={error} />}
    </>
  );
}

const SAVED_MS = 60_000;
