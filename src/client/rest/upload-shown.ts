import type { File as StoredFile } from "../../protocol/files/file";
import { TaskroomError } from "../errors";
import type { Context } from "./context";
import { unlessGivenUp } from "./deadline";
import { lineMs, noAnswer, parsed, problemError, type QueryValue, queryText } from "./request";

/** The part of a browser's `XMLHttpRequest` that shows how a body goes out. */
type Shower = {
  readonly upload: {
    addEventListener(type: "progress", listener: (event: { loaded: number }) => void): void;
  };
  readonly status: number;
  readonly responseText: string;
  /** Milliseconds until it gives up. */
  timeout: number;
  addEventListener(type: "load" | "error" | "abort" | "timeout", listener: () => void): void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: Blob): void;
  abort(): void;
};

/** Where this is no browser there is none. */
export function shower(): (new () => Shower) | undefined {
  const page: unknown = globalThis;
  return (page as { XMLHttpRequest?: new () => Shower }).XMLHttpRequest;
}

type Shown = {
  on: new () => Shower;
  query: Record<string, QueryValue>;
  onProgress: (sent: number, total: number) => void;
  signal?: AbortSignal;
};

/** Stores a file as a request does, and shows how it goes out, which browsers let no `fetch` do. */
export async function uploadShown(
  { url, token, timing }: Pick<Context, "url" | "token" | "timing">,
  blob: Blob,
  { on: Request, query, onProgress, signal }: Shown,
): Promise<StoredFile> {
  const server = url();
  const authorization = `Bearer ${await unlessGivenUp(token(), signal)}`;
  const request = new Request();
  const { promise, resolve, reject } = Promise.withResolvers<StoredFile>();
  const unreachable = () => reject(new TaskroomError("network", noAnswer(server)));
  const giveUp = () => request.abort();
  request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded, blob.size));
  request.addEventListener("load", () => settle(request, { resolve, reject }));
  for (const end of ["error", "timeout"] as const) request.addEventListener(end, unreachable);
  request.addEventListener("abort", () => reject(signal?.reason));
  signal?.addEventListener("abort", giveUp);
  request.open("POST", `${server}/api/v1/files${queryText(query)}`);
  request.timeout = timing.requestMs + lineMs(blob.size);
  request.setRequestHeader("authorization", authorization);
  if (blob.type !== "") request.setRequestHeader("content-type", blob.type);
  request.send(blob);
  return promise.finally(() => signal?.removeEventListener("abort", giveUp));
}

type Settle = { resolve: (file: StoredFile) => void; reject: (error: TaskroomError) => void };

function settle(request: Shower, { resolve, reject }: Settle): void {
  const value = parsed(request.responseText);
  const headers = { get: (name: string) => request.getResponseHeader(name) };
  // The server's answer has the contract's shape.
  if (request.status === 201 && value !== undefined) resolve(value as StoredFile);
  else reject(problemError({ status: request.status, headers }, value));
}
