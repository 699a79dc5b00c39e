import { expect, it } from "vitest";
import { Connection } from "../../../src/faces/ai-sdk/socket/connection";
import { ServerFrames } from "../../../src/faces/ai-sdk/socket/server-frames";
import type { AppContext } from "../../../src/worker/context";

/** A socket's requests as far as the first wall, which counts them and lets none past. */
function connection() {
  const seen = { requests: 0, closed: [] as number[] };
  const limit = async () => {
    seen.requests++;
    return { success: false };
  };
  const principal = { userId: "alice", scope: "write", expiresAt: null };
  const c = { env: { RATE_LIMIT: { limit } }, var: { principal } } as unknown as AppContext;
  const socket = {
    readyState: WebSocket.OPEN,
    send: () => undefined,
    close: (code: number) => seen.closed.push(code),
  };
  return { seen, one: new Connection(c, new ServerFrames(socket as unknown as WebSocket)) };
}

function frame(requestId: string): string {
  const messages = [{ id: "m1", role: "user", parts: [{ type: "text", text: "hello" }] }];
  return JSON.stringify({ type: "send", requestId, id: "c", trigger: "submit-message", messages });
}

it("[S6] what a client sends on by a socket that was closed is not done: it need not answer the close", () => {
  const { seen, one } = connection();
  one.hear(frame("r1"));
  expect(seen.requests).toBe(1);
  one.leave();
  one.hear(frame("r2"));
  expect(seen.requests).toBe(1);
});

it("nor what comes after frames that could not be read, for which it was closed", () => {
  const { seen, one } = connection();
  while (seen.closed.length === 0) one.hear("{");
  expect(seen.closed).toEqual([4400]);
  one.hear(frame("r1"));
  expect(seen.requests).toBe(0);
});
