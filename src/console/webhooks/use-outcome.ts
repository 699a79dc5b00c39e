import { useCallback, useEffect, useState } from "preact/hooks";
import type { Delivery } from "../../protocol/webhooks";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";

const LOOK_EVERY_MS = 1000;
/** Past what one attempt may take, it is no longer looked for. */
const LOOKS = 20;
const LISTED = 200;

type Watched = { id: string; attempts: number; looks: number };

/** Looks at a delivery that was just sent again until its attempt has an answer. */
export function useOutcome(webhookId: string, put: (fresh: Delivery[]) => void) {
  const { client } = useAccount();
  const [watched, setWatched] = useState<Watched>();

  useEffect(() => {
    if (!watched || watched.looks >= LOOKS) return;
    const look = async () => {
      const { items } = await client.webhooks.deliveries(webhookId, { limit: LISTED });
      put(items);
      const now = items.find(({ id }) => id === watched.id);
      const isOpen = now?.status === "pending" && now.attempts === watched.attempts;
      // Another may be watched meanwhile.
      const next = isOpen ? { ...watched, looks: watched.looks + 1 } : undefined;
      setWatched((current) => (current === watched ? next : current));
    };
    const timer = setTimeout(() => look().catch(asTaskroomError), LOOK_EVERY_MS);
    return () => clearTimeout(timer);
  }, [client, webhookId, watched]);

  return useCallback(({ id, attempts }: Delivery) => setWatched({ id, attempts, looks: 0 }), []);
}
