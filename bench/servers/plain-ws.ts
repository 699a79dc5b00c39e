import { type WebSocket, WebSocketServer } from "ws";
import { ACK, relay, startOf } from "./relay";

const { PORT, MODEL_URL = "", COALESCED } = process.env;
const rooms = new Map<string, Set<WebSocket>>();

/** Bare `ws`: rooms by path, each frame encoded once. */
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(PORT) }, () => {
  process.stdout.write("ready\n");
});

server.on("connection", (socket, { url = "/" }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(socket));
  socket.on("close", () => room.delete(socket));
  socket.on("message", (frame) => {
    const start = startOf(String(frame));
    if (!start) socket.send(ACK);
    else void relay(MODEL_URL, start, COALESCED === "true", (text) => broadcast(room, text));
  });
});

function broadcast(room: Set<WebSocket>, text: string): void {
  const frame = Buffer.from(text);
  for (const socket of room) socket.send(frame, { binary: false });
}

process.stdin.on("end", () => process.exit(0)).resume();
