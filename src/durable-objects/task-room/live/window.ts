/** Milliseconds between two frames of text, of a few sockets and of a crowd. */
const FEW_MS = 8;
export const MOST_MS = 100;
/** Sockets up to which a frame for each is cheap, and from which on the widest window is needed. */
const FEW = 200;
const CROWD = 1000;

/**
 * How long text gathers before it goes to so many sockets, in milliseconds: a frame per socket is the
 * physical cost, and a room has one thread for all of them.
 */
export function windowMs(sockets: number): number {
  const share = (sockets - FEW) / (CROWD - FEW);
  return FEW_MS + Math.min(Math.max(share, 0), 1) * (MOST_MS - FEW_MS);
}
