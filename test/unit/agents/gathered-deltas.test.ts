import { describe, expect, it, onTestFinished, vi } from "vitest";
import { gatheredDeltas, OverlongEvent } from "../../../src/agents/gathered-deltas";

const HEAD = 'data: {"id":"c1","choices":[{"index":0,"delta":';
const TAIL = ',"finish_reason":null}]}\n\n';
const DONE = "data: [DONE]\n\n";

function delta(content: string, key = "content"): string {
  return `${HEAD}${JSON.stringify({ [key]: content })}${TAIL}`;
}

/** A provider's stream that the test writes, and what comes out of it, read as it comes. */
function provider() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: 100,
  });
  const writer = writable.getWriter();
  const reader = gatheredDeltas(readable).getReader();
  const encoder = new TextEncoder();
  const next = async () => {
    const { value } = await reader.read();
    return value && new TextDecoder().decode(value);
  };
  return {
    write: (text: string) => void writer.write(encoder.encode(text)),
    writeBytes: (bytes: Uint8Array) => void writer.write(bytes),
    end: () => void writer.close(),
    fail: (error: Error) => void writer.abort(error),
    cancel: () => reader.cancel("enough"),
    closed: writer.closed,
    next,
    all: async () => {
      let text = "";
      for (let part = await next(); part !== undefined; part = await next()) text += part;
      return text;
    },
  };
}

describe("deltas that come together", () => {
  it("become one, escapes and halves of surrogate pairs included", async () => {
    const { write, end, all } = provider();
    const texts = ['say "', "\\", 'n" \\\\', "🎉", "\n"];
    write(texts.map((text) => delta(text)).join(""));
    write(`${HEAD}{"content":"\\ud83c"}${TAIL}${HEAD}{"content":"\\udf89"}${TAIL}${DONE}`);
    end();
    const events = (await all()).split("\n\n").filter((event) => event.startsWith("data: {"));
    const contents = events.map((event) => JSON.parse(event.slice(6)).choices[0].delta.content);
    expect(contents.join("")).toBe(`${texts.join("")}🎉`);
    expect(events.length).toBeLessThan(3);
  });

  it("stay apart where anything but the text differs", async () => {
    const { write, end, all } = provider();
    const others = [
      delta("a", "reasoning_content"),
      delta("b"),
      delta("c").replace('"index":0', '"index":1'),
      delta("d").replace("null", '"stop"'),
      `${HEAD}{"tool_calls":[{"function":{"arguments":"\\"content\\":\\"x\\""}}]}${TAIL}`,
      `event: delta\n${delta("e")}`,
      `event: delta\n${delta("f")}`,
      DONE,
    ].join("");
    write(others);
    end();
    expect(await all()).toBe(others);
  });

  it("are whole however their bytes were cut", async () => {
    const { writeBytes, end, all } = provider();
    for (const byte of new TextEncoder().encode(delta("ä🎉") + delta("ö") + DONE))
      writeBytes(Uint8Array.of(byte));
    end();
    expect(await all()).toBe(delta("ä🎉") + delta("ö") + DONE);
  });
});

describe("what is not gathered", () => {
  it("the first delta passes before there is a second", async () => {
    const { write, next } = provider();
    write(delta("first"));
    expect(await next()).toBe(delta("first"));
  });

  it("the chunk that names the role starts no window", async () => {
    const { write, next } = provider();
    const role = `${HEAD}{"role":"assistant","content":""}${TAIL}`;
    write(role);
    expect(await next()).toBe(role);
    write(delta("first"));
    write(delta(" and more").replace("null", '"stop"'));
    expect(await next()).toContain("first");
  });

  it("an end takes along what waited", async () => {
    // However slow the machine, the second delta comes within the window.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { write, next, end } = provider();
    write(delta("first"));
    await next();
    write(delta("second"));
    write(DONE);
    end();
    expect(await next()).toBe(delta("second") + DONE);
    expect(await next()).toBeUndefined();
  });

  it("lines that end in other ways pass as they are", async () => {
    const { write, end, all } = provider();
    const lines = (delta("a") + delta("b")).replaceAll("\n", "\r\n");
    write(lines);
    end();
    expect(await all()).toBe(lines);
  });

  it("an event that broke off stays broken off", async () => {
    const { write, end, all } = provider();
    write(`${delta("a")}data: {"choi`);
    end();
    expect(await all()).toBe(`${delta("a")}data: {"choi`);
  });
});

describe("a stream that fails", () => {
  it("fails after what came before", async () => {
    const { write, next, fail } = provider();
    write(delta("first"));
    expect(await next()).toBe(delta("first"));
    fail(new Error("reset"));
    await expect(next()).rejects.toThrow("reset");
  });

  it("by an event without end", async () => {
    const { write, all } = provider();
    write(`data: ${"x".repeat(9 * 1024 * 1024)}`);
    await expect(all()).rejects.toThrow(OverlongEvent);
  });

  it("is cancelled when nobody reads on", async () => {
    const { write, next, cancel, closed } = provider();
    write(delta("first"));
    await next();
    await cancel();
    await expect(closed).rejects.toBe("enough");
  });
});
