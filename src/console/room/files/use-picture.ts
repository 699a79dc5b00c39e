import type { RefObject } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { TaskroomError } from "../../../client";
import { useAccount } from "../../state/account";
import { asTaskroomError } from "../../state/use-action";

export type Shown = {
  /** Of its bytes in this page, as long as it is shown. */
  address?: string;
  error?: TaskroomError;
};

/**
 * A stored picture, fetched with the token once its place comes into sight: an address of the server's
 * alone would not be let in.
 */
export function usePicture(
  fileId: string,
  place: RefObject<HTMLElement | null>,
  isWanted: boolean,
): Shown & { again: () => void } {
  const { client } = useAccount();
  const [shown, setShown] = useState<Shown>({});
  const [attempt, setAttempt] = useState(0);
  // `attempt` only says that it is wanted once more.
  useEffect(() => {
    if (!isWanted || !place.current) return;
    setShown({});
    const abort = new AbortController();
    let address: string | undefined;
    const take = (blob: Blob) => {
      if (abort.signal.aborted) return;
      address = URL.createObjectURL(blob);
      setShown({ address });
    };
    const fail = (failure: unknown) => {
      if (!abort.signal.aborted) setShown({ error: asTaskroomError(failure) });
    };
    const load = () =>
      client.files.fetch(fileId, { inline: true, signal: abort.signal }).then(take, fail);
    const stop = onceInSight(place.current, load);
    return () => {
      stop();
      abort.abort();
      if (address !== undefined) URL.revokeObjectURL(address);
    };
  }, [client, fileId, place, isWanted, attempt]);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...shown, again };
}

function onceInSight(place: Element, load: () => void): () => void {
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    sight.disconnect();
    load();
  });
  sight.observe(place);
  return () => sight.disconnect();
}
