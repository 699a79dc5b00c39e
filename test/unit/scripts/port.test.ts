import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../../scripts/free-port";
import { portRefusal } from "../../../scripts/port.mjs";

let taken: Server | undefined;
afterEach(() => void taken?.close());

/** A program that listens there, and says this to whoever asks. */
async function listens(port: number, host: string, says = "hello"): Promise<void> {
  const server = createServer((_, answer) => void answer.end(says));
  taken = server;
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
}

describe("a port that a server could not have is told before anything is prepared", () => {
  it.each(["0", "65536", "http", "-1", "8787.5"])("--port %s is none", async (port) => {
    expect(await portRefusal(["--port", port])).toContain(`--port ${port} is not a port`);
  });

  it("one that is free is no trouble", async () => {
    expect(await portRefusal(["--port", String(await freePort())])).toBeUndefined();
  });

  it.each([
    ["the one address of localhost", "127.0.0.1"],
    ["the other", "::1"],
  ])("one that is taken at %s, with the command that takes another", async (_, host) => {
    const port = await freePort();
    await listens(port, host);
    const told = await portRefusal([`--port=${port}`], "start");
    expect(told).toContain(`Port ${port} cannot be used: another program listens there.`);
    const [, next] = /\n {2}npm start -- --port (\d+)$/.exec(told ?? "") ?? [];
    expect(Number(next)).toBeGreaterThan(port);
    expect(await portRefusal(["--port", next ?? ""])).toBeUndefined();
  });

  it("in the words of the script that was asked for, and of the options beside it", async () => {
    const port = await freePort();
    await listens(port, "127.0.0.1");
    const told = await portRefusal(["--port", String(port), "--persist-to", "x"], "dev");
    expect(told).toMatch(/with your other options:\n {2}npm run dev -- --port \d+$/);
  });

  it("and of a Taskroom that is there already it says so", async () => {
    const port = await freePort();
    await listens(port, "127.0.0.1", '{"info":{"title":"Taskroom sockets"}}');
    expect(await portRefusal(["--port", String(port)])).toContain("a Taskroom runs there already");
  });
});
