import type { Turn } from "../../protocol/turn";
import { publicOrigin } from "../../worker/public-url";
import { roomOf } from "../room-of";
import type { ItemOf, TurnItem } from "../turn-view/item";
import { standingView, turnView } from "../turn-view/turn-view";
import type { Call } from "./call";
import type { Progress } from "./progress";
import { Watched } from "./watched";

/** A turn from its beginning until it is over, or waits for a person; the caller hears how far it is. */
export function follow(call: Call, turn: Turn): Promise<Watched> {
  call.progress.begin(`Task ${turn.taskId} has its turn ${turn.id}`);
  return watch(call, turn, {
    heard: (item) => tell(call.progress, item),
    isEnough: (watched) => watched.waits,
  });
}

/** A turn as it is now. */
export function look(call: Call, turn: Turn): Promise<Watched> {
  return watch(call, turn, { isEnough: () => true });
}

type Watching = {
  heard?: (item: TurnItem) => void;
  /** Of a turn as it is now. */
  isEnough: (watched: Watched) => boolean;
};

async function watch(
  { c, signal }: Call,
  turn: Turn,
  { heard, isEnough }: Watching,
): Promise<Watched> {
  const watched = new Watched(turn, publicOrigin(c));
  let isLive = false;
  for await (const item of standingView(turnView(roomOf(c, turn.taskId), turn, signal))) {
    watched.read(item);
    heard?.(item);
    // Until then an end may follow: a wait may be over.
    isLive ||= item.type === "live";
    if (watched.isOver || (isLive && isEnough(watched))) break;
  }
  return watched;
}

function tell(progress: Progress, item: TurnItem): void {
  if (item.type === "text") {
    progress.sayOften(`${item.offset + item.delta.length} characters are written`);
    return;
  }
  const words = wordsOf(item);
  if (words !== undefined) progress.say(words);
}

function wordsOf(item: TurnItem): string | undefined {
  switch (item.type) {
    case "queued":
      return `No. ${item.position} of those that wait`;
    case "working":
      return "At work";
    case "phase":
      return phaseWords(item);
    case "attempt":
      return `${item.bot} writes`;
    case "call":
      return `Calls ${item.call.name}`;
    case "retrying":
      return `Tries again in ${item.retryInMs} ms: ${item.error.message}`;
    default:
      return undefined;
  }
}

function phaseWords({ phase, status, percentComplete, message }: ItemOf<"phase">): string {
  const far = percentComplete === undefined ? "" : `, ${percentComplete} %`;
  const words = message === undefined ? "" : `: ${message}`;
  return `${phase} is ${status}${far}${words}`;
}
