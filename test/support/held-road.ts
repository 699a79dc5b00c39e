import { createServer } from "node:http";
import { text as readAll } from "node:stream/consumers";
import * as z from "zod";
import type { Gate } from "./model-script";

const called = z.looseObject({
  method: z.string(),
  params: z.looseObject({ _meta: z.record(z.string(), z.unknown()).optional() }).optional(),
});

export type HeldRoad = {
  url: string;
  /** Keys of the calls that have passed, in order. */
  keys: unknown[];
  /** The answer to the next call waits here once the tool has done its work; the one after does not. */
  holdNext(at: Gate): void;
  close(): Promise<void>;
};

/** The road to a tool server, on which what a call has given can be held up while things happen. */
export async function startHeldRoad(port: number): Promise<HeldRoad> {
  const keys: unknown[] = [];
  let gate: Gate | undefined;
  const server = createServer(async (incoming, response) => {
    const body = await readAll(incoming);
    const { method = "POST" } = incoming;
    const answer = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== "" && { body }),
    });
    const said = await answer.text();
    const { method: asked, params } = called.parse(JSON.parse(body || '{"method":""}'));
    if (asked === "tools/call") {
      keys.push(params?._meta?.["taskroom/idempotencyKey"]);
      const held = gate;
      gate = undefined;
      held?.reach();
      await held?.opened;
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the road has no port");
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    keys,
    holdNext: (at) => {
      gate = at;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
