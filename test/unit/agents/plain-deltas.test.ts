import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EndlessAnswer, plainDeltas } from "../../../src/agents/model/plain-deltas";

const HEAD = 'data: {"id":"c1","choices":[{"index":0,"delta":';
const TAIL = ',"finish_reason":null}]}\n\n';
const DONE = "data: [DONE]\n\n";
const END = `${HEAD}{},"finish_reason":"stop"}]}\n\n`;
const ROLE = `${HEAD}{"role":"assistant","content":""}${TAIL}`;

function delta(content: string, key = "content"): string {
  return `${HEAD}${JSON.stringify({ [key]: content })}${TAIL}`;
}

type Options = { heard: boolean };

/** A provider's stream that the test writes, and what comes out of it, read as it comes. */
function provider({ heard }: Options = { heard: false }) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: 100,
  });
  const said: string[] = [];
  const say = ({ type, text }: { type: string; text: string }) =>
    void said.push(type === "text-delta" ? text : `(${text})`);
  const writer = writable.getWriter();
  const reader = plainDeltas(readable, heard ? say : undefined).getReader();
  const encoder = new TextEncoder();
  const next = async () => {
    const { value } = await reader.read();
    return value && new TextDecoder().decode(value);
  };
  return {
    said,
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

function contentsOf(events: string): string[] {
  return events
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)).choices[0].delta.content ?? "");
}

describe("deltas that are read together, where nobody hears the words", () => {
  it("become one, escapes and halves of surrogate pairs included", async () => {
    const { write, end, all } = provider();
    const texts = ['say "', "\\", 'n" \\\\', "🎉", "\n"];
    const halves = `${HEAD}{"content":"\\ud83c"}${TAIL}${HEAD}{"content":"\\udf89"}${TAIL}`;
    write(`${texts.map((text) => delta(text)).join("")}${halves}${DONE}`);
    end();
    const contents = contentsOf(await all());
    expect(contents).toEqual([`${texts.join("")}🎉`]);
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

describe("words that somebody hears", () => {
  it("are said, and the SDK gets what is no word", async () => {
    const { write, end, all, said } = provider({ heard: true });
    write(ROLE + delta("hm", "reasoning_content") + delta("so", "reasoning"));
    write(`: a comment\n\n${delta("Hel")}${delta("lo")}`);
    write(END + DONE);
    end();
    expect(await all()).toBe(`${ROLE}: a comment\n\n${END}${DONE}`);
    expect(said.join("")).toBe("(hm)(so)Hello");
  });

  it("are said before there are more", async () => {
    const { write, next, said, end } = provider({ heard: true });
    write(delta("first"));
    write(END);
    expect(await next()).toBe(END);
    expect(said).toEqual(["first"]);
    end();
    expect(await next()).toBeUndefined();
  });

  it.each([
    ["an end with words", delta("b").replace("null", '"stop"')],
    ["usage", delta("b").replace('"choices"', '"usage":{"total_tokens":1},"choices"')],
    ["an error", delta("b").replace('"choices"', '"error":null,"choices"')],
    ["a refusal", `${HEAD}{"content":"b","refusal":"no"}${TAIL}`],
    ["a tool call", `${HEAD}{"content":"b","tool_calls":[{}]}${TAIL}`],
    ["a field that nobody knows", `${HEAD}{"content":"b","x":1}${TAIL}`],
    ["content in parts", `${HEAD}{"content":[{"type":"text","text":"b"}]}${TAIL}`],
    ["a second choice", delta("b").replace(TAIL, ',"finish_reason":null},{"delta":{}}]}\n\n')],
    ["broken JSON", `${HEAD}{"content":"b"\n\n`],
    ["a named event", `event: x\n${delta("b")}`],
    ["lines that end otherwise", delta("b").replaceAll("\n", "\r\n")],
  ])("%s is the SDK's to read, and so is all that follows", async (_, event) => {
    const { write, end, all, said } = provider({ heard: true });
    write(delta("a"));
    write(event + delta("c") + DONE);
    end();
    expect(await all()).toBe(`${event}${delta("c")}${DONE}`);
    expect(said).toEqual(["a"]);
  });

  it("are all there, once and in order, wherever the stream is cut into reads", async () => {
    const word = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.constant('"\\\n\n'));
    const event = fc.oneof(
      { weight: 6, arbitrary: word.map((text) => ({ text, event: delta(text) })) },
      fc.constantFrom(ROLE, ": a comment\n\n").map((quiet) => ({ text: "", event: quiet })),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(event), cuts, fc.boolean(), async (events, sizes, hasEnd) => {
        const { writeBytes, end, all, said } = provider({ heard: true });
        const last = hasEnd ? DONE : "";
        const bytes = new TextEncoder().encode(events.map((one) => one.event).join("") + last);
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          writeBytes(bytes.slice(at, at + size));
          at += size;
        }
        end();
        const passed = await all();
        expect(said.join("")).toBe(events.map(({ text }) => text).join(""));
        expect(contentsOf(passed).join("")).toBe("");
        expect(passed.endsWith(last)).toBe(true);
      }),
    );
  });
});

describe("words that come several in a millisecond", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A stream that has said "a" and been read a word further, which waits. */
  async function quick() {
    const stream = provider({ heard: true });
    const read = stream.next();
    const come = (...texts: string[]) => {
      for (const text of texts) stream.write(delta(text));
      return vi.advanceTimersByTimeAsync(0);
    };
    await come("a", "b");
    expect(stream.said).toEqual(["a"]);
    return { ...stream, read, come };
  }

  it("are said together after a moment, the first of them at once", async () => {
    const { come, said } = await quick();
    await come("c");
    expect(said).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(2);
    expect(said).toEqual(["a", "bc"]);
    await vi.advanceTimersByTimeAsync(1);
    await come("d");
    expect(said).toEqual(["a", "bc", "d"]);
  });

  it("are said before anything else", async () => {
    const { write, said, read } = await quick();
    write(delta("hm", "reasoning_content"));
    write(END);
    expect(await read).toBe(END);
    expect(said).toEqual(["a", "b", "(hm)"]);
  });

  it("are said before the stream fails", async () => {
    const { fail, said, read } = await quick();
    fail(new Error("reset"));
    await expect(read).rejects.toThrow("reset");
    expect(said).toEqual(["a", "b"]);
  });

  it("are said before the stream ends, without a last word too", async () => {
    const { end, said, read } = await quick();
    end();
    expect(await read).toBeUndefined();
    expect(said).toEqual(["a", "b"]);
  });

  it("are said before lines that end in other ways", async () => {
    const { write, said, read } = await quick();
    write(END.replaceAll("\n", "\r\n"));
    expect(await read).toBe(END.replaceAll("\n", "\r\n"));
    expect(said).toEqual(["a", "b"]);
  });

  it("are said before an event without end", async () => {
    const { write, said, read } = await quick();
    write(`data: ${"x".repeat(9 * 1024 * 1024)}`);
    await expect(read).rejects.toThrow(EndlessAnswer);
    expect(said).toEqual(["a", "b"]);
  });

  it("are not said once nobody hears", async () => {
    const { cancel, said, read } = await quick();
    await cancel();
    await read;
    await vi.advanceTimersByTimeAsync(10);
    expect(said).toEqual(["a"]);
  });

  it("go to the SDK where they turn out to be none", async () => {
    const { write, said, read } = await quick();
    write(`${HEAD}{"content":"\\x"}${TAIL}`);
    await vi.advanceTimersByTimeAsync(2);
    write(END);
    expect(await read).toBe(`${HEAD}{"content":"b\\x"}${TAIL}${END}`);
    expect(said).toEqual(["a"]);
  });
});

describe("what is passed on as it is", () => {
  it("lines that end in other ways", async () => {
    const { write, end, all } = provider();
    const lines = (delta("a") + delta("b")).replaceAll("\n", "\r\n");
    write(lines);
    end();
    expect(await all()).toBe(lines);
  });

  it.each([{ heard: false }, { heard: true }])("an event that broke off (%o)", async (options) => {
    const { write, end, all } = provider(options);
    write(`${ROLE}data: {"choi`);
    end();
    expect(await all()).toBe(`${ROLE}data: {"choi`);
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

  it("fails after the words that were said", async () => {
    const { write, next, fail, said } = provider({ heard: true });
    write(delta("first"));
    const failing = next();
    await expect.poll(() => said).toEqual(["first"]);
    fail(new Error("reset"));
    await expect(failing).rejects.toThrow("reset");
  });

  it("by an event without end", async () => {
    const { write, all } = provider();
    write(`data: ${"x".repeat(9 * 1024 * 1024)}`);
    await expect(all()).rejects.toThrow(EndlessAnswer);
  });

  it("is cancelled when nobody reads on", async () => {
    const { write, next, cancel, closed } = provider();
    write(delta("first"));
    await next();
    await cancel();
    await expect(closed).rejects.toBe("enough");
  });
});
