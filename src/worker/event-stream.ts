import * as z from "zod";

const frame = z.looseObject({
  type: z.string(),
  seq: z.int().optional(),
  data: z.unknown().optional(),
});
type Frame = z.infer<typeof frame>;
const batch = z.object({ type: z.literal("batch"), data: z.array(frame) });
const reset = z.looseObject({ headSeq: z.int(), epoch: z.string() });

/** Milliseconds between comments that show a silent stream to be alive. */
const HEARTBEAT_MS = 15_000;

/** Bytes that a reader may be behind before it is cut off; it resumes where it was. */
const UNREAD_BYTES = 1024 * 1024;

export type StreamOptions = {
  /** Of the room's log, until an event says otherwise. */
  epoch: string;
  types: string[] | undefined;
  signal: AbortSignal;
  /** The stream ends with this socket. Absent where the room itself knows when it has to end. */
  guard: WebSocket | undefined;
};

/**
 * A room's frames as server-sent events (HTML, section 9.2): `event` is the type, `data` the event,
 * `id` is `<epoch>-<seq>` for what `Last-Event-ID` can resume after. With `types` only events of
 * these types are sent; the ids go on all the same.
 */
export function eventStream(room: WebSocket, options: StreamOptions): Response {
  const { types, signal, guard } = options;
  let { epoch } = options;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: UNREAD_BYTES,
    size: ({ byteLength }) => byteLength,
  });
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const wanted = types && new Set(types);

  // A reader that has gone away rejects the write: then the room's socket goes too.
  const write = (text: string) => {
    if ((writer.desiredSize ?? 0) <= 0) room.close(1013, "reader too slow");
    writer.write(encoder.encode(text)).catch(() => room.close(1000, "reader gone"));
  };
  const heartbeat = setInterval(() => write(": alive\n\n"), HEARTBEAT_MS);
  const end = () => {
    clearInterval(heartbeat);
    guard?.close(1000, "stream ended");
    writer.close().catch(() => undefined);
  };
  const revoked = () => room.close(1000, "credential revoked");
  guard?.addEventListener("close", revoked);
  guard?.addEventListener("error", revoked);
  guard?.accept();
  room.accept();
  room.addEventListener("message", ({ data }) => {
    for (const event of eventsIn(String(data))) {
      epoch = epochOf(event) ?? epoch;
      if (wanted && event.seq !== undefined && !wanted.has(event.type)) continue;
      if (wanted && event.seq === undefined && event.type !== "history:reset") continue;
      write(textOf(event, epoch));
    }
  });
  room.addEventListener("close", end);
  room.addEventListener("error", end);
  signal.addEventListener("abort", () => room.close(1000, "reader gone"));
  write("retry: 1000\n\n");
  return new Response(readable, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
  });
}

function eventsIn(text: string): Frame[] {
  const json: unknown = JSON.parse(text);
  const packed = batch.safeParse(json);
  if (packed.success) return packed.data.data;
  const one = frame.safeParse(json);
  return one.success ? [one.data] : [];
}

function epochOf({ type, data }: Frame): string | undefined {
  return type === "history:reset" ? reset.parse(data).epoch : undefined;
}

function textOf(event: Frame, epoch: string): string {
  const position = event.seq ?? (event.type === "history:reset" && reset.parse(event.data).headSeq);
  const id = typeof position === "number" ? `id: ${epoch}-${position}\n` : "";
  return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
