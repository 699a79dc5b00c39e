import { type Dialect, type Heard, newRoomName, sameSeats } from "./dialect";

const OPEN = "0";
const PING = "2";
const CONNECTED = "40";
const EVENT = "42";

/** socket.io's protocol 5 over engine.io's 4, on a WebSocket from the start. */
export const socketIo: Dialect = {
  async room(port, clients) {
    const id = newRoomName();
    const path = `/socket.io/?EIO=4&transport=websocket&room=${id}`;
    return { id, seats: sameSeats(port, path, clients) };
  },
  hello: CONNECTED,
  greets: true,
  decode(text) {
    if (text.startsWith(EVENT)) return [heardOf(JSON.parse(text.slice(EVENT.length)))];
    if (text.startsWith(CONNECTED)) return [{ type: "ready", session: sessionOf(text) }];
    if (text === PING) return [{ type: "reply", frame: "3" }];
    return text.startsWith(OPEN) ? [] : [{ type: "ack" }];
  },
  resume(seat, { token, offset }) {
    return { seat, hello: `${CONNECTED}${JSON.stringify({ pid: token, offset })}` };
  },
  start: (prompt) => `${EVENT}${JSON.stringify(["start", prompt])}`,
  // An event with an id is acknowledged.
  nudge: () => `${EVENT}1${JSON.stringify(["hello"])}`,
};

/** After its own arguments, each event carries the offset from which to recover. */
type Event = ["chunk", string, string] | ["end", string] | ["filler", number, string] | ["filled"];

function heardOf(event: Event): Heard {
  switch (event[0]) {
    case "chunk":
      return { type: "text", text: event[1], mark: event[2] };
    case "end":
      return { type: "end" };
    case "filler":
      return { type: "logged", seq: event[1] + 1, event: "filler" };
    case "filled":
      return { type: "ack" };
  }
}

function sessionOf(text: string): { token: string } {
  // The private id is another than the public one; with it a lost connection is recovered.
  const { pid = "" } = JSON.parse(text.slice(CONNECTED.length)) as { pid?: string };
  return { token: pid };
}
