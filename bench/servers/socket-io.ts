import { createServer } from "node:http";
import { Server } from "socket.io";
import { readModel } from "./model-text";

const { PORT, MODEL_URL = "" } = process.env;
const http = createServer();

/** socket.io as its documentation has it: rooms, and recovery of a lost connection's state. */
const io = new Server(http, {
  transports: ["websocket"],
  connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
});

io.on("connection", (socket) => {
  const room = String(socket.handshake.query.room);
  if (!socket.recovered) void socket.join(room);
  socket.on("start", async (prompt: string) => {
    await readModel(MODEL_URL, prompt, (delta) => io.to(room).emit("chunk", delta));
    io.to(room).emit("end");
  });
  socket.on("say", (text: string) => io.to(room).emit("chunk", text));
  socket.on("fill", (events: number) => {
    for (let n = 0; n < events; n++) io.to(room).emit("filler", n);
    io.to(room).emit("filled");
  });
});

http.listen(Number(PORT), "127.0.0.1", () => process.stdout.write("ready\n"));

process.stdin.on("end", () => process.exit(0)).resume();
