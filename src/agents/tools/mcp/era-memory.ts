import { Remembered } from "../../../platform/remembered";
import type { Era } from "./negotiate";

const MOST_SERVERS = 1000;
const HOUR_MS = 3_600_000;

const known: Record<Era, Remembered> = {
  stateless: new Remembered(MOST_SERVERS),
  sessions: new Remembered(MOST_SERVERS),
};

/** What servers were found to speak, by their addresses, for an hour in this isolate: nobody asks twice. */
export const eraMemory = {
  of(url: string, now: number): Era | undefined {
    if (known.stateless.has(url, now)) return "stateless";
    return known.sessions.has(url, now) ? "sessions" : undefined;
  },
  keep(url: string, era: Era, now: number): void {
    eraMemory.forget(url);
    known[era].add(url, now + HOUR_MS);
  },
  forget(url: string): void {
    known.stateless.forget(url);
    known.sessions.forget(url);
  },
};
