import { LIMITS } from "../../protocol/limits";
import type { Said, SentFile } from "./sent-file";

/**
 * Files of earlier messages that go along with a later one, which has `own` files itself: the newest, as many as
 * there is room for, in their order. Each other one is named in the words of its message.
 */
export function goingAlong<S extends Said>(
  earlier: readonly S[],
  own: readonly SentFile[],
): { earlier: S[]; files: SentFile[] } {
  let room = Math.max(0, LIMITS.attachments - own.length);
  const files: SentFile[] = [];
  const said = earlier.toReversed().map((message): S => {
    const taken = room === 0 ? [] : message.files.slice(-room);
    const left = message.files.slice(0, message.files.length - taken.length);
    room -= taken.length;
    files.unshift(...taken);
    if (left.length === 0) return message;
    const text = [message.text, ...left.map(lineOf)].filter((line) => line !== "").join("\n");
    return { ...message, text };
  });
  return { earlier: said.toReversed(), files };
}

function lineOf({ name, mediaType }: SentFile): string {
  const named = [name, mediaType].filter((word) => word).join(", ");
  return `[A file was attached that is too far back to be sent again${named && `: ${named}`}]`;
}
