import { type Dialect, type Heard, newRoomName, sameSeats } from "./dialect";
import { tokenOf } from "./token";

type Chunk = { type: "chunk"; delta: string };
type Frame = Chunk | { type: "end" } | { type: "ack" };
type DutifulFrame =
  | (Chunk & { data: { offset: number } })
  | { type: "ready"; token: string; headSeq: number }
  | { type: "end" }
  | { type: "ack" };

/** The bare object, bare `ws` and partyserver: the room is the path. */
function relayAt(pathOf: (room: string) => string): Dialect {
  return {
    async room(port, clients) {
      const id = newRoomName();
      return { id, seats: sameSeats(port, pathOf(id), clients) };
    },
    greets: false,
    decode(text) {
      const frame: Frame = JSON.parse(text);
      return [heardOf(frame)];
    },
    start: (prompt) => JSON.stringify({ type: "start", prompt }),
    nudge: () => JSON.stringify({ type: "hello" }),
  };
}

function dutifullyHeard(frame: DutifulFrame): Heard {
  if (frame.type === "chunk") {
    const { data, delta } = frame;
    return { type: "text", text: delta, ...data, mark: String(data.offset + delta.length) };
  }
  if (frame.type !== "ready") return frame;
  return { type: "ready", session: { token: frame.token, headSeq: frame.headSeq } };
}

function heardOf(frame: Frame): Heard {
  return frame.type === "chunk" ? { type: "text", text: frame.delta } : frame;
}

export const relay = relayAt((room) => `/${room}`);
/** It stores a message before it acknowledges it, so a message is what it is sent. */
export const dutiful: Dialect = {
  ...relay,
  nudge: relay.start,
  decode(text) {
    const frame: DutifulFrame = JSON.parse(text);
    return [dutifullyHeard(frame)];
  },
  resume(seat, { headSeq = 0, token = "first", offset = "0" }) {
    const query = new URLSearchParams({ session: token, after: String(headSeq), offset });
    const headers = { ...seat.headers, Authorization: `Bearer ${tokenOf("u-0")}` };
    return { seat: { ...seat, path: `${seat.path}?${query}`, headers } };
  },
};
export const party = relayAt((room) => `/parties/room/${room}`);
