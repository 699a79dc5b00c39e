import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "./connected";

/** A browser's request, which a test answers. */
class FakeRequest extends EventTarget {
  static made: FakeRequest[] = [];
  readonly upload = new EventTarget();
  readonly headers: Record<string, string> = {};
  status = 0;
  timeout = 0;
  responseText = "";
  line = "";
  body: unknown;

  constructor() {
    super();
    FakeRequest.made.push(this);
  }
  open(method: string, url: string) {
    this.line = `${method} ${url}`;
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader(): string | null {
    return null;
  }
  send(body: unknown) {
    this.body = body;
  }
  abort() {
    this.dispatchEvent(new Event("abort"));
  }
  answer(status: number, body: object) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.dispatchEvent(new Event("load"));
  }
}

const blob = new Blob(["hello"], { type: "text/plain" });

async function begun(): Promise<FakeRequest> {
  await vi.waitFor(() => expect(FakeRequest.made).toHaveLength(1));
  const [request] = FakeRequest.made;
  if (!request) throw new Error("no request was made");
  return request;
}

afterEach(() => {
  vi.unstubAllGlobals();
  FakeRequest.made = [];
});

it("a file goes out as it is, with its own type and name", async () => {
  const { wire, taskroom } = client();
  wire.answers.set("POST /files", { status: 201, body: { id: "file_1" } });
  expect(await taskroom.files.upload(blob)).toEqual({ id: "file_1" });
  expect(wire.requests).toMatchObject([{ body: blob, headers: { "content-type": "text/plain" } }]);
});

describe("a file that comes", () => {
  /** A line that takes so many milliseconds for the head, and for the rest. */
  const slowly = (headMs: number, bodyMs: number, headers: Record<string, string>) =>
    client({
      fetch: async (_, { signal }) => {
        await within(headMs, signal);
        const blob = () => within(bodyMs, signal).then(() => new Blob(["hello"]));
        return { ok: true, status: 200, headers: new Headers(headers), text: async () => "", blob };
      },
    });
  const within = (ms: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  const outcome = async (ms: number, fetched: Promise<unknown>) => {
    const end = fetched.then(
      () => "there",
      ({ code }) => code,
    );
    await vi.advanceTimersByTimeAsync(ms);
    return Promise.race([end, "still coming"]);
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("has the time that its length takes on a slow line", async () => {
    const { taskroom } = slowly(29_000, 1_000_000, { "content-length": String(16_000_000) });
    expect(await outcome(1_029_000, taskroom.files.fetch("file_1"))).toBe("there");
  });

  it.each([[{}], [{ "content-length": "16000" }]])("has an end: %o", async (headers) => {
    const { taskroom } = slowly(1000, 1_000_000, headers);
    expect(await outcome(32_000, taskroom.files.fetch("file_1"))).toBe("network");
  });
});

describe("where a page can show how a file goes out", () => {
  it("it does, and gives what was stored", async () => {
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const { taskroom } = client();
    const shown: number[] = [];
    const stored = taskroom.files.upload(blob, { name: "a b", onProgress: (n) => shown.push(n) });
    const request = await begun();
    expect(request.line).toBe("POST https://taskroom.test/api/v1/files?name=a+b");
    expect(request.headers).toMatchObject({ "content-type": "text/plain" });
    expect(request.headers.authorization).toMatch(/^Bearer /);
    request.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 3 }));
    request.answer(201, { id: "file_1" });
    expect(await stored).toEqual({ id: "file_1" });
    expect(shown).toEqual([3]);
  });

  it("a refusal is the problem that it is, a lost connection one of the network", async () => {
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const { taskroom } = client();
    const upload = () => taskroom.files.upload(blob, { onProgress: () => undefined });
    const refused = upload();
    const problem = { code: "quota_exceeded", title: "", detail: "", status: 429 };
    (await begun()).answer(429, problem);
    await expect(refused).rejects.toMatchObject({ code: "quota_exceeded", status: 429 });
    FakeRequest.made = [];
    const lost = upload();
    (await begun()).dispatchEvent(new Event("error"));
    await expect(lost).rejects.toMatchObject({ code: "network" });
  });

  it("one that stalls has an end, later for a large file", async () => {
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const { taskroom } = client();
    const large = new Blob([new Uint8Array(16_000)]);
    const stalled = taskroom.files.upload(large, { onProgress: () => undefined });
    const request = await begun();
    expect(request.timeout).toBe(31_000);
    request.dispatchEvent(new Event("timeout"));
    await expect(stalled).rejects.toMatchObject({ code: "network" });
  });

  it("whoever gives it up gets their own reason", async () => {
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const { taskroom } = client();
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const stored = taskroom.files.upload(blob, { onProgress: () => undefined, signal });
    await begun();
    giveUp.abort(new Error("enough"));
    await expect(stored).rejects.toThrow("enough");
  });
});
