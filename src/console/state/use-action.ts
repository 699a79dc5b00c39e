import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { TaskroomError } from "../../client";
import { EXPIRED, useAccount } from "./account";
import { asTaskroomError } from "./known-failure";

export { asTaskroomError };

export type Action = {
  /** Runs one thing at a time; whether it succeeded. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  busy: boolean;
  /** Why the last one failed. */
  error: TaskroomError | undefined;
  clear: () => void;
};

/** Something that a button sets off: busy while it runs, its failure kept to be shown. */
export function useAction(): Action {
  const { signOut } = useAccount();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TaskroomError>();
  const running = useRef(false);
  const present = usePresence();

  const run = useCallback(
    async (work: () => Promise<unknown>) => {
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (failure) {
        const known = asTaskroomError(failure);
        if (known.code === "unauthorized") signOut(EXPIRED);
        else if (present.current) setError(known);
        return false;
      } finally {
        running.current = false;
        if (present.current) setBusy(false);
      }
    },
    [signOut, present],
  );
  const clear = useCallback(() => setError(undefined), []);
  return { run, busy, error, clear };
}

function usePresence() {
  const present = useRef(true);
  useEffect(() => {
    present.current = true;
    return () => {
      present.current = false;
    };
  }, []);
  return present;
}
