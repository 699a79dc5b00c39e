import * as z from "zod";
import type { Feed } from "./feed";

const reset = z.looseObject({ headSeq: z.int(), epoch: z.string() });

/** Of an event: its own, or that of the state that a reset gives. */
type Place = { epoch: string; seq?: number };

export type LogStreamOptions = {
  /** Of the room's log, until an event says otherwise. */
  epoch: string;
  types: readonly string[] | undefined;
};

/**
 * A room's events as server-sent ones: `event` is the type, `data` the event, `id` is `<epoch>-<seq>` for
 * what `Last-Event-ID` can resume after. With `types` only events of these types are said, and resets; the
 * ids go on all the same.
 */
export async function* logStream(
  feed: Feed,
  { epoch, types }: LogStreamOptions,
): AsyncGenerator<string, void> {
  const wanted = types && new Set(types);
  let place: Place = { epoch };
  yield "retry: 1000\n\n";
  for (let events = await feed.next(); events; events = await feed.next()) {
    const texts: string[] = [];
    for (const event of events) {
      place = placeOf(event, place.epoch);
      const isReset = event.type === "history:reset";
      if (wanted && !isReset && (place.seq === undefined || !wanted.has(event.type))) continue;
      texts.push(textOf(event, place));
    }
    if (texts.length > 0) yield texts.join("");
  }
}

type Sent = { type: string; seq?: number; data?: unknown };

function placeOf({ type, seq, data }: Sent, epoch: string): Place {
  if (type !== "history:reset") return { epoch, ...(seq !== undefined && { seq }) };
  const to = reset.parse(data);
  return { epoch: to.epoch, seq: to.headSeq };
}

function textOf(event: Sent, { epoch, seq }: Place): string {
  const id = seq === undefined ? "" : `id: ${epoch}-${seq}\n`;
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
