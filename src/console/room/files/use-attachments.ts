import { useEffect, useMemo } from "preact/hooks";
import { useAccount } from "../../state/account";
import { useSelected } from "../../state/use-selected";
import { type Attached, Attachments } from "./attachments";
import { type Standing, standingOf } from "./pending";

export type Attaching = Attached & {
  files: Attachments;
  /** Ids of those that are stored. */
  ids: string[];
  standing: Standing;
};

/** A place for the files of what is being written here; who leaves it gives up those under way. */
export function useAttachments(): Attachments {
  const { client } = useAccount();
  const files = useMemo(() => new Attachments(client.files), [client]);
  useEffect(() => () => files.close(), [files]);
  return files;
}

/** The files as they stand. */
export function useAttaching(files: Attachments): Attaching {
  const attached = useSelected(files, (now) => now);
  const ids = attached.pending.flatMap(({ fileId }) => (fileId === undefined ? [] : [fileId]));
  return { ...attached, files, ids, standing: standingOf(attached.pending) };
}
