import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../scripts/free-port";
import { CloseWatch } from "./close-watch";

/** A road to a server on which connections break, stall and are refused when a test says so. */
export class FlakyRoad {
  readonly url: string;
  readonly #port: number;
  readonly #to: number;
  readonly #pairs = new Set<[Socket, Socket]>();
  #server: Server | undefined;

  private constructor(port: number, to: number) {
    this.#port = port;
    this.#to = to;
    this.url = `http://localhost:${port}`;
  }

  static async to(url: string): Promise<FlakyRoad> {
    const road = new FlakyRoad(await freePort(), Number(new URL(url).port));
    await road.open();
    return road;
  }

  open(): Promise<void> {
    const server = createServer((near) => this.#carry(near));
    this.#server = server;
    return new Promise((resolve) => server.listen(this.#port, "localhost", resolve));
  }

  /** Breaks whatever is on it, as a lost network does: without a word of either side. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    this.#pairs.clear();
  }

  /** Cuts, and lets nobody on. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    return new Promise((resolve) => {
      server?.close(() => resolve());
      this.cut();
      if (!server) resolve();
    });
  }

  /** What is on it now hears nothing more, and is told nothing of that. */
  stall(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      for (const socket of [near, far]) socket.pause();
    }
  }

  #carry(near: Socket): void {
    const far = connect(this.#to, "localhost");
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    near.pipe(far).pipe(near);
    // As an edge does: the local runtime leaves a socket that its server has closed open for long.
    const watch = new CloseWatch();
    far.on("data", (bytes: Buffer) => watch.sees(bytes) && near.end());
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
  }
}
