import type { Connection, SocketAttachment } from "./connection";

/** Milliseconds between two looks at whether a socket has taken what it was sent: the first, and the most. */
const LOOK_MS = { first: 1, longest: 250 };

/**
 * Waits until at most so many bytes are unsent; false where the socket is closed instead. A socket
 * may be as slow as it likes: only one that takes nothing for long is given up (SPEC B1).
 */
export async function drained(
  connection: Connection<SocketAttachment, never>,
  bytes: number,
  now: () => number,
): Promise<boolean> {
  let last = connection.unsent.look();
  let tookAt = now();
  let look = LOOK_MS.first;
  do {
    // Always once: what is unsent only goes down between events.
    await scheduler.wait(look);
    look = Math.min(look * 2, LOOK_MS.longest);
    const { patienceMs } = connection.unsent;
    const unsent = connection.unsent.look();
    if (unsent < last) tookAt = now();
    else if (now() - tookAt > patienceMs) connection.closeAsSlow();
    last = unsent;
  } while (last > bytes && connection.isOpen);
  return connection.isOpen;
}
