import type { TaskroomError } from "../../../client";
import { LIMITS } from "../../../protocol/limits";
import type { Given } from "./given";
import { sizeText } from "./size-text";

/** A file that is to go with the next message. */
export type Pending = {
  key: number;
  file: File;
  /** Bytes that have gone out. */
  sent: number;
  /** Once it is stored. */
  fileId?: string;
  /** Why it is not. */
  refusal?: Refusal;
};

export type Refusal = {
  /** In the server's words, or the network's. */
  words: string[];
  /** It may go better another time. */
  mayPass: boolean;
};

const PASSING: readonly TaskroomError["code"][] = [
  ...(["network", "bad_answer", "rate_limited", "unavailable", "internal"] as const),
];

export function refusalOf({ code, detail, issues = [] }: TaskroomError): Refusal {
  const words = [detail, ...issues.map(({ path, message }) => `${path}: ${message}`)];
  return { words, mayPass: PASSING.includes(code) };
}

/** What a server is not asked: all the bytes would go out before it says no. */
export function refusedAtOnce({ size }: File): Refusal | undefined {
  if (size <= LIMITS.fileBytes) return undefined;
  const words = [`A file has at most ${sizeText(LIMITS.fileBytes)}.`];
  return { words, mayPass: false };
}

/** As many as go with the `held` ones in one message, and what to say of the rest. */
export function admitted({ files, folders }: Given, held: number): Admitted {
  const most = Math.max(0, LIMITS.attachments - held);
  const over = files.slice(most).map(({ name }) => name);
  const notices = [
    ...(over.length > 0 ? [`${MOST} Left out: ${over.join(", ")}.`] : []),
    ...(folders.length > 0 ? [`Folders cannot be attached: ${folders.join(", ")}.`] : []),
  ];
  return { files: files.slice(0, most), notice: notices.join(" ") || undefined };
}

export type Admitted = { files: File[]; notice: string | undefined };

const MOST = `A message carries at most ${LIMITS.attachments} files.`;

export type Standing = { isReady: boolean; words: string };

/** How the files of a message stand: it is sent once all of them are stored. */
export function standingOf(pending: readonly Pending[]): Standing {
  const count = pending.length;
  const refused = pending.filter(({ refusal }) => refusal).length;
  const underWay = pending.filter(({ fileId, refusal }) => !fileId && !refusal).length;
  const say = (words: string) => ({ isReady: false, words });
  if (count > LIMITS.attachments) return say(`${MOST} Take ${count - LIMITS.attachments} away.`);
  if (underWay > 0) return say(`Sending waits for ${filesText(underWay)}.`);
  if (refused === 1) return say("1 file cannot be attached. Take it away to send.");
  if (refused > 1) return say(`${refused} files cannot be attached. Take them away to send.`);
  return { isReady: true, words: count === 0 ? "" : `${filesText(count)} attached.` };
}

/** `1 file`, `3 files`. */
export function filesText(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
