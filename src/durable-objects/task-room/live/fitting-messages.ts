import type { Message } from "../../../protocol/message";
import { bytesOf } from "../../sockets/utf8-size";

/** As many of the newest messages as have so many bytes of JSON; in the order in which they come. */
export function newestWithin(messages: readonly Message[], bytes: number): Message[] {
  let left = bytes;
  const tooOld = messages.findLastIndex((message) => {
    left -= sizeOf(message);
    return left < 0;
  });
  return messages.slice(tooOld + 1);
}

/** The same of the oldest. */
export function oldestWithin(messages: readonly Message[], bytes: number): Message[] {
  let left = bytes;
  const tooNew = messages.findIndex((message) => {
    left -= sizeOf(message);
    return left < 0;
  });
  return tooNew === -1 ? [...messages] : messages.slice(0, tooNew);
}

/** With the comma behind it. */
function sizeOf(message: Message): number {
  return bytesOf(JSON.stringify(message)) + 1;
}
