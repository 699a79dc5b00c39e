import type { AppContext } from "../../../worker/context";
import { eventStream } from "../../../worker/streams/event-stream";
import { roomOf } from "../../room-of";
import { turnView } from "../../turn-view/turn-view";
import type { Begun } from "../asking/asking";
import { factsOf } from "./facts";
import { after, framed } from "./frame";
import type { ResponseObject } from "./response";
import { ResponseFrames } from "./response-frames";

/** Before the first number. */
const BEGINNING = -1;

/** A response's stream from its beginning, or from what comes after a number of it; its end is always told. */
export function streamOf(c: AppContext, begun: Begun, last = BEGINNING): Response {
  const gone = new AbortController();
  return eventStream(texts(c, begun, { last, signal: gone.signal }), { leave: () => gone.abort() });
}

async function* texts(
  c: AppContext,
  begun: Begun,
  { last, signal }: { last: number; signal: AbortSignal },
): AsyncGenerator<string, void> {
  const { task, turn } = begun;
  const frames = new ResponseFrames(factsOf(c, begun), turn);
  for await (const item of turnView(roomOf(c, task.id), turn, signal)) {
    const told = frames.read(item);
    const end = frames.isOver ? told.pop() : undefined;
    const rest = told.flatMap((frame) => after(frame, last) ?? []);
    const text = [...rest, ...(end ? [end] : [])].map(framed).join("");
    if (text !== "") yield text;
    if (end) return;
  }
}

/** The response as it is now. */
export function responseNow(c: AppContext, begun: Begun): Promise<ResponseObject> {
  return readUntil(c, begun, ({ isLive }) => isLive);
}

/** The response once it is over, or waits for a person. */
export function responseAtLast(c: AppContext, begun: Begun): Promise<ResponseObject> {
  return readUntil(c, begun, () => false);
}

/** The response as it is before anything is known of it. */
export function responseAtFirst(c: AppContext, begun: Begun): ResponseObject {
  return new ResponseFrames(factsOf(c, begun), begun.turn).response;
}

async function readUntil(
  c: AppContext,
  begun: Begun,
  isEnough: (frames: ResponseFrames) => boolean,
): Promise<ResponseObject> {
  const { task, turn } = begun;
  const frames = new ResponseFrames(factsOf(c, begun), turn);
  for await (const item of turnView(roomOf(c, task.id), turn, c.req.raw.signal)) {
    frames.read(item);
    if (frames.isOver || isEnough(frames)) break;
  }
  return frames.response;
}
