import { afterEach, describe, expect, it, vi } from "vitest";
import { client } from "./connected";

/** A browser's request, which a test answers. */
class FakeRequest extends EventTarget {
  static made: FakeRequest[] = [];
  readonly upload = new EventTarget();
  readonly headers: Record<string, string> = {};
  status = 0;
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
