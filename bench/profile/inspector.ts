import * as z from "zod";

const targets = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
// An empty result comes without one.
const reply = z.object({ id: z.number(), result: z.unknown().optional() });

/** The inspector of a runtime (Chrome DevTools Protocol), for the isolate of the worker itself. */
export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      // Events carry no id; nobody here waits for one.
      const { data: answer } = reply.safeParse(JSON.parse(String(data)));
      if (answer) this.#waiting.get(answer.id)?.(answer.result);
    });
  }

  static async connect(port: number): Promise<Inspector> {
    const listed = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [first, ...others] = targets.parse(await listed.json());
    const target = [first, ...others].find((item) => item?.id.includes("user")) ?? first;
    if (!target) throw new Error("The runtime has nothing to inspect.");
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((open, fail) => {
      socket.addEventListener("open", open);
      socket.addEventListener("error", fail);
    });
    return new Inspector(socket);
  }

  ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#asked;
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer.finally(() => this.#waiting.delete(id));
  }

  close(): void {
    this.#socket.close();
  }
}
