import { readFileSync } from "node:fs";
import { type ClientRequest, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { TEST_BUILD } from "../support/bundles";
import { DevServer } from "../support/dev-server";
import type {} from "../support/shared-servers";
import { until } from "../support/until";

const kept = z.object({ home: z.looseObject({ files: z.array(z.unknown()).optional() }) });
const MIB = 1024 * 1024;
const UPLOADS = 16;
const EACH = 16 * MIB;

let server: DevServer;
let token: string;

beforeAll(async () => {
  const bundle = inject("shared").bundles.testBuild;
  server = await DevServer.start({ config: TEST_BUILD, bundle, isQuiet: true });
  token = await server.token("uploader");
});
afterAll(() => server.stop());

/** Resident bytes of the process that holds worker, rooms and bucket. */
function memory(): number {
  const status = readFileSync(`/proc/${server.runtime().pid}/status`, "utf8");
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** An upload that sends as much as it is told to. */
class Upload {
  readonly #request: ClientRequest;
  readonly answered: Promise<number>;
  #sent = 0;

  constructor() {
    const url = `${server.url}/api/v1/files?name=large`;
    const headers = { authorization: `Bearer ${token}`, "content-length": String(EACH) };
    this.#request = request(url, { method: "POST", headers });
    this.answered = new Promise((resolve, reject) => {
      this.#request.on("error", reject);
      this.#request.on("response", (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      });
    });
  }

  /** Resolves once so many bytes of all have gone out to a server that takes them. */
  async sendUpTo(bytes: number): Promise<void> {
    while (this.#sent < bytes) {
      const piece = Buffer.alloc(Math.min(64 * 1024, bytes - this.#sent), 7);
      this.#sent += piece.byteLength;
      await new Promise<void>((resolve, reject) => {
        this.#request.write(piece, (error) => (error ? reject(error) : resolve()));
      });
    }
  }

  end(): void {
    this.#request.end();
  }
}

async function wave(): Promise<{ more: number }> {
  const uploads = Array.from({ length: UPLOADS }, () => new Upload());
  const all = (bytes: number) => Promise.all(uploads.map((upload) => upload.sendUpTo(bytes)));
  await all(MIB);
  const before = memory();
  await all(EACH - 1);
  const more = memory() - before;
  await all(EACH);
  for (const upload of uploads) upload.end();
  expect(await Promise.all(uploads.map(({ answered }) => answered))).toEqual(
    uploads.map(() => 201),
  );
  return { more };
}

it.runIf(process.platform === "linux")(
  "[FL1] files that are stored at the same time pass through: memory does not hold them",
  async () => {
    // Code is compiled and caches are filled.
    await wave();
    const { more } = await wave();
    // A fraction of what has come since: what waits to be collected, never the files.
    expect(more).toBeLessThan((UPLOADS * (EACH - MIB)) / 2);
  },
);

it("[FL1] of a client that goes away in the midst of its file nothing is left", async () => {
  const user = "leaver";
  const own = await server.token(user);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const head = [
    "POST /api/v1/files HTTP/1.1",
    `Host: ${hostname}`,
    `Authorization: Bearer ${own}`,
    "Content-Length: 200000",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(Buffer.alloc(100_000, 7));
  const files = async () => {
    const response = await fetch(`${server.url}/test/files?user=${user}`);
    return JSON.stringify(kept.parse(await response.json()).home.files ?? []);
  };
  await until("the home has taken the file into account", async () => (await files()) !== "[]");
  socket.destroy();
  await until("the home has given it up", async () => (await files()) === "[]");
});
