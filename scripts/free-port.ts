import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** None that the kernel gives to whoever asks for any: a server listens only seconds after it is named. */
const PORTS = { from: 10_000, below: 32_000 };

/** A port of this machine on which nobody listens, and which nobody is given meanwhile by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.below);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once("error", () => answer(false));
    probe.listen(port, "localhost", () => probe.close(() => answer(true)));
  });
}
