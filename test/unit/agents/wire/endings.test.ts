import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CutOff, Overlong, Unreadable } from "../../../../src/agents/model/refusal/model-fault";
import { answerStream } from "../../../../src/agents/model/wire/answer-stream";
import { bodyOf, chunk, collect, DONE, type End, event, read, say, stop, told } from "./answer";

const ENDS: End[] = ["closes", "hangs", "breaks"];
const options = { thinkTags: true, toolNames: [], warnings: [], signal: undefined };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Reads a body, and lets the wait for usage pass if it begins. */
async function patiently(pieces: string[], end: End) {
  const { body, state } = bodyOf(pieces, end);
  let answer: Awaited<ReturnType<typeof collect>> | undefined;
  void collect(answerStream(body, options)).then((value) => {
    answer = value;
  });
  await vi.advanceTimersByTimeAsync(499);
  const early = answer;
  await vi.advanceTimersByTimeAsync(1);
  return { answer, early, state };
}

describe("an answer is whole with its finish reason or [DONE], whatever the connection does", () => {
  it.each(
    ENDS.flatMap(
      (end) =>
        [
          [end, "[DONE] alone", [say("Hi"), DONE]],
          [end, "[DONE] with blanks", [say("Hi"), "data:  [ DONE ] \n\n"]],
          [end, "[DONE] in quotes", [say("Hi"), 'data: "[DONE]"\n\n']],
          [end, "[DONE] without a line end", [say("Hi"), "data: [DONE]"]],
          [end, "an event named done", [say("Hi"), "event: done\ndata: {}\n\n"]],
          [end, "usage, then [DONE]", [say("Hi"), told(3, 2), DONE]],
          [end, "empty choices, then [DONE]", [say("Hi"), event({ choices: [] }), DONE]],
          [end, "a finish reason and usage", [say("Hi"), stop, told(3, 2)]],
          [
            end,
            "a finish reason with usage",
            [say("Hi"), chunk({}, "stop", { usage: { total_tokens: 3 } })],
          ],
          [
            end,
            "a finish reason and usage without a line end",
            [say("Hi"), stop, told(3, 2).trimEnd()],
          ],
          [
            end,
            "a whole completion",
            [
              event({
                object: "chat.completion",
                choices: [{ message: { content: "Hi" }, finish_reason: "stop" }],
                usage: { total_tokens: 3 },
              }),
            ],
          ],
        ] as const,
    ),
  )("%s: %s, at once", async (end, _, pieces) => {
    const { early, state } = await patiently([...pieces], end);
    expect(early).toMatchObject({ text: "Hi", finish: "stop" });
    expect(early?.fault).toBeUndefined();
    if (end === "hangs") expect(state.cancelled).toBe(true);
  });

  it.each([
    ["a finish reason", [say("Hi"), stop]],
    ["a finish reason with words", [chunk({ content: "Hi" }, "stop")]],
    ["a finish reason without a line end", [say("Hi"), stop.trimEnd()]],
    ["a finish reason, and comments behind it", [say("Hi"), stop, ": ping\n\n"]],
    ["a finish reason, and usage that tells nothing", [say("Hi"), stop, told(0, 0)]],
  ])("%s: usage is waited for, and no longer", async (_, pieces) => {
    const hanging = await patiently(pieces, "hangs");
    expect(hanging.early).toBeUndefined();
    expect(hanging.answer).toMatchObject({ text: "Hi", finish: "stop" });
    expect(hanging.state.cancelled).toBe(true);
    for (const end of ["closes", "breaks"] as const) {
      expect((await patiently(pieces, end)).early).toMatchObject({ text: "Hi", finish: "stop" });
    }
  });

  it.each([
    ["garbage", ['data: {"choices":\n\n', "<html>\n\n"]],
    ["an error", [event({ error: { code: 500 } })]],
    ["an error in words", ["event: error\ndata: lost\n\n"]],
    ["a finish reason that is an error", [chunk({}, "error")]],
  ])("what follows the end changes nothing: %s", async (_, behind) => {
    for (const end of [stop, stop + told(3, 2), stop + DONE, DONE]) {
      const { answer } = await patiently([say("Hi") + end + behind.join("")], "breaks");
      expect(answer).toMatchObject({ text: "Hi", finish: "stop" });
    }
  });

  it("words that come while usage is waited for count", async () => {
    const { answer } = await patiently([say("Hi"), stop, say("!"), told(3, 2), DONE], "hangs");
    expect(answer).toMatchObject({ text: "Hi!", usage: { input: 3, output: 2 } });
  });

  it("a provider that stamps every chunk is heard to its end", async () => {
    const { body } = bodyOf([], "hangs");
    await body.cancel();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    const usage = { prompt_tokens: 3, completion_tokens: 1 };
    const stamped = (content: string) => encoder.encode(chunk({ content }, "stop", { usage }));
    const reading = collect(answerStream(readable, options));
    await writer.write(stamped("One"));
    await writer.write(stamped(" two"));
    await vi.advanceTimersByTimeAsync(5000);
    await writer.write(stamped(" three"));
    await writer.write(encoder.encode(DONE));
    expect(await reading).toMatchObject({ text: "One two three", finish: "stop" });
  });
});

describe("an answer without either is cut off", () => {
  it.each(["closes", "breaks"] as const)("%s: with what it said, and what it cost", async (end) => {
    const answer = await read(say("Hel") + told(7, 1), { end });
    expect(answer.fault).toBeInstanceOf(CutOff);
    expect(answer.fault?.refusal).toMatchObject({ code: "model_unavailable", retryable: true });
    expect(answer).toMatchObject({ text: "Hel", usage: { input: 7, output: 1 } });
    expect(answer.finish).toBeUndefined();
  });

  it.each([
    ["nothing", []],
    ["comments", [": ping\n\n"]],
    ["half of an event", [say("Hel"), 'data: {"choices":[{"delta":{"content":"lo']],
    ["half of a document", ['{"choices":[{"message":{"content":"Hel']],
    ["an empty finish reason", [say("Hel"), chunk({}, "")]],
  ])("%s", async (_, pieces) => {
    expect((await read(pieces)).fault).toBeInstanceOf(CutOff);
  });
});

describe("what is no answer cannot be read", () => {
  it.each([
    ["somebody's page", "<!doctype html>\n<html>\n\n<body>Welcome</body></html>"],
    ["words", "Hello there, this is a web server."],
    ["another JSON", '{"hello":"world"}'],
    [
      "an event that is broken JSON",
      `${say("Hel")}data: {"choices":[{"delta":{"content":"l\n\n${say("o")}${stop}`,
    ],
    [
      "an event whose content lacks its quote",
      `${say("Hel")}data: {"choices":[{"delta":{"content":l}}]}\n\n${stop}`,
    ],
  ])("%s", async (_, text) => {
    const { fault } = await read(text);
    expect(fault).toBeInstanceOf(Unreadable);
    expect(fault?.refusal).toMatchObject({ code: "model_malformed", retryable: true });
  });
});

describe("an answer without end is stopped by its bytes", () => {
  const MIB = 1024 * 1024;
  const long = "x".repeat(60_000);
  const wide = "ä".repeat(30_000);
  it.each([
    ["in lines that end in CR", `data: ${long}\r`, 9],
    ["in lines that end in LF", `data: ${long}\n`, 9],
    ["in lines that end in both", `data: ${long}\r\n`, 9],
    ["in one line", long, 9],
    ["in characters of several bytes", `data: ${wide}\n`, 9],
    ["in lines that are no fields", `${long}\n`, 9],
    ["in comments", `: ${long}\n`, 9],
    ["in a document", `["${long}",`, 9],
    ["in a text within a document", `{"x":"${long}`, 9],
    ["in events", say(long), 129],
    ["in comments with blank lines", `: ${long}\n\n`, 129],
  ])("%s", async (_, piece, mebibytes) => {
    const bytes = new TextEncoder().encode(piece);
    let given = 0;
    let closed = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += bytes.byteLength;
        controller.enqueue(bytes);
      },
      cancel() {
        closed = true;
      },
    });
    const { fault } = await collect(answerStream(body, { ...options, thinkTags: false }));
    expect(fault).toBeInstanceOf(Overlong);
    expect(fault?.refusal.code).toBe("model_malformed");
    expect(closed).toBe(true);
    expect(given).toBeLessThan(mebibytes * MIB);
  });

  it("and what it cost before is told", async () => {
    const endless = Array.from({ length: 9 }, () => "x".repeat(MIB));
    expect(await read([say("Hi") + told(7, 1), ...endless])).toMatchObject({
      fault: { name: "Overlong" },
      usage: { input: 7, output: 1 },
    });
  });
});

describe("whoever reads an answer may stop", () => {
  it("an abort ends it at once, and closes the connection", async () => {
    const { body, state } = bodyOf([say("Hi")], "hangs");
    const abort = new AbortController();
    const stream = answerStream(body, { ...options, signal: abort.signal });
    const reading = collect(stream);
    const failed = expect(reading).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(0);
    abort.abort(new Error("enough"));
    await failed;
    expect(state.cancelled).toBe(true);
  });

  it("an abort before the first read ends it too", async () => {
    const { body } = bodyOf([say("Hi")], "hangs");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect(answerStream(body, { ...options, signal }))).rejects.toThrow("enough");
  });

  it("a reader that cancels closes the connection", async () => {
    const { body, state } = bodyOf([say("Hi")], "hangs");
    await answerStream(body, options).cancel();
    expect(state.cancelled).toBe(true);
  });

  it("nothing is read that nobody asks for", async () => {
    const { body, state } = bodyOf([say("a"), say("b"), say("c")], "hangs");
    const reader = answerStream(body, options).getReader();
    await reader.read();
    expect(state.reads).toBe(0);
  });
});

it.each([
  ["stop", "stop"],
  ["STOP", "stop"],
  ["end_turn", "stop"],
  ["eos", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["content_filter", "content-filter"],
  ["sensitive", "content-filter"],
  ["tool_calls", "stop"],
  ["because", "other"],
])("the finish reason %s without a call means %s", async (reason, expected) => {
  const { answer } = await patiently([say("Hi"), chunk({}, reason)], "closes");
  expect(answer).toMatchObject({ finish: expected, raw: reason });
});

it("a finish reason that is no word is not passed on", async () => {
  const { answer } = await patiently([say("Hi"), chunk({}, "see https://x.test")], "closes");
  expect(answer).toMatchObject({ finish: "other", raw: undefined });
});
