import { type Dialect, type Heard, newRoomName, sameSeats } from "./dialect";

type Frame = { type: "chunk"; delta: string } | { type: "end" } | { type: "ack" };

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

function heardOf(frame: Frame): Heard {
  return frame.type === "chunk" ? { type: "text", text: frame.delta } : frame;
}

export const relay = relayAt((room) => `/${room}`);
/** It stores a message before it acknowledges it, so a message is what it is sent. */
export const dutiful: Dialect = { ...relay, nudge: relay.start };
export const party = relayAt((room) => `/parties/room/${room}`);
