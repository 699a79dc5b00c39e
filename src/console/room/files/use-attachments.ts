import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { TaskroomError } from "../../../client";
import { useAccount } from "../../state/account";
import { asTaskroomError } from "../../state/use-action";

/** A file that is to go with the next message. */
export type Pending = {
  key: number;
  name: string;
  size: number;
  /** Bytes that have gone out. */
  sent: number;
  /** Once it is stored. */
  fileId?: string;
  error?: TaskroomError;
};

export type Attachments = {
  pending: readonly Pending[];
  add: (files: Iterable<File>) => void;
  remove: (key: number) => void;
  /** Forgets them: a message has them now. Gives what was there, to be put back. */
  take: () => readonly Pending[];
  putBack: (taken: readonly Pending[]) => void;
};

/** Stores files as they are chosen, so that a message only names them. */
export function useAttachments(): Attachments {
  const { client } = useAccount();
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const running = useRef(new Map<number, AbortController>());
  const next = useRef(0);
  const latest = useRef(pending);
  latest.current = pending;

  const change = useCallback((key: number, part: Partial<Pending>) => {
    setPending((old) => old.map((file) => (file.key === key ? { ...file, ...part } : file)));
  }, []);
  const store = useCallback(
    (key: number, file: File) => {
      const abort = new AbortController();
      running.current.set(key, abort);
      const onProgress = (sent: number) => change(key, { sent });
      client.files
        .upload(file, { onProgress, signal: abort.signal })
        .then(
          ({ id }) => change(key, { fileId: id }),
          // Who took it away need not be told that it did not arrive.
          (failure) => abort.signal.aborted || change(key, { error: asTaskroomError(failure) }),
        )
        .finally(() => running.current.delete(key));
    },
    [client, change],
  );
  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const key = next.current++;
        setPending((old) => [...old, { key, name: file.name, size: file.size, sent: 0 }]);
        store(key, file);
      }
    },
    [store],
  );
  const remove = useCallback(
    (key: number) => {
      running.current.get(key)?.abort();
      const { fileId } = latest.current.find((file) => file.key === key) ?? {};
      // One that stays all the same is gone after a day.
      if (fileId) client.files.delete(fileId).catch(() => {});
      setPending((old) => old.filter((file) => file.key !== key));
    },
    [client],
  );
  const take = useCallback(() => {
    const taken = latest.current;
    setPending([]);
    return taken;
  }, []);
  const putBack = useCallback(
    (taken: readonly Pending[]) => setPending((old) => [...taken, ...old]),
    [],
  );
  useEffect(() => {
    const { current } = running;
    return () => {
      for (const abort of current.values()) abort.abort();
    };
  }, []);
  return { pending, add, remove, take, putBack };
}
