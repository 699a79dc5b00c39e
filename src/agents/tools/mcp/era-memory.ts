import { Remembered } from "../../../platform/remembered";
import type { Era } from "./negotiate";

const MOST_SERVERS = 1000;
const HOUR_MS = 3_600_000;
const LATE_FOR_MS = 300_000;

const known: Record<Era, Remembered> = {
  stateless: new Remembered(MOST_SERVERS),
  sessions: new Remembered(MOST_SERVERS),
};

const late = new Remembered(MOST_SERVERS);

/** Servers, by their addresses, that did not answer in time some minutes ago: they are waited for less. */
export const lateMemory = {
  has: (url: string, now: number) => late.has(url, now),
  add: (url: string, now: number) => late.add(url, now + LATE_FOR_MS),
  forget: (url: string) => late.forget(url),
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
