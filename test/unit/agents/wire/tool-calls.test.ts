import { describe, expect, it } from "vitest";
import { called, chunk, DONE, event, inputs, read, say, stop } from "./answer";

const toolNames = ["get", "get_weather", "set", "go", "gogo"];
const fn = (name: string | undefined, args: unknown) => ({ name, arguments: args });
const end = chunk({}, "tool_calls") + DONE;

describe("arguments are read in any dress", () => {
  const wanted = { p: 1, q: "ä\n" };
  const text = JSON.stringify(wanted);
  const pieces = (...args: unknown[]) =>
    args.map((one) => ({ index: 0, function: { arguments: one } }));
  const first = { index: 0, id: "c1", type: "function", function: fn("get", "") };
  it.each([
    ["text", pieces(text), wanted],
    ["text in pieces", pieces(...text), wanted],
    ["an object", pieces(wanted), wanted],
    ["an object in pieces", pieces({ p: 1 }, { q: "ä\n" }), wanted],
    ["text of text", pieces(JSON.stringify(text)), wanted],
    ["text of text in pieces", pieces(...JSON.stringify(text)), wanted],
    ["text of text of text", pieces(JSON.stringify(JSON.stringify(text))), wanted],
    ["a placeholder before", pieces("{}", text), wanted],
    ["null before", pieces("null", text), wanted],
    ["a placeholder behind", pieces(text, "{}"), wanted],
    ["twice the same", pieces(text, text), wanted],
    ["twice the same, written otherwise", pieces(text, JSON.stringify(wanted, null, 1)), wanted],
    ["longer with every piece", pieces(text.slice(0, 4), text.slice(0, 9), text), wanted],
    ["white space around", pieces(`\n ${text} \n`), wanted],
    ["empty", pieces(""), {}],
    ["missing", pieces(undefined), {}],
    ["null", pieces(null), {}],
    ["null as text", pieces("null"), {}],
    ["an empty text of text", pieces('""'), {}],
    ["{}", pieces("{}"), {}],
    ["{} three times", pieces("{}", "{}", "{}"), {}],
  ])("%s", async (_, more, expected) => {
    const answer = await read([called(first), ...more.map((piece) => called(piece)), end], {
      toolNames,
    });
    expect(inputs(answer)).toEqual([["get", expected]]);
    expect(answer).toMatchObject({ finish: "tool-calls", seen: ["tool-call"] });
    expect(answer.calls[0]?.providerMetadata).toBeUndefined();
  });

  it("keeps numbers as they were written", async () => {
    const args = '{"n":12345678901234567890}';
    const answer = await read(called({ id: "a", function: fn("get", args) }) + end, { toolNames });
    expect(answer.calls[0]?.input).toBe(args);
  });

  it.each([
    ["cut", '{"path":"a","content":"first ha'],
    ["no JSON", "path=a"],
    ["a list", "[1]"],
    ["a number", "5"],
    ["two objects", '{"a":1}{"b":2}'],
    ["text of text that was cut", '"{\\"a\\":'],
  ])("what cannot be read is marked, and kept as it came: %s", async (_, args) => {
    for (const reason of ["length", "tool_calls"]) {
      const call = { index: 0, id: "c1", function: fn("get", args) };
      const answer = await read(called(call) + chunk({}, reason), { toolNames });
      expect(answer.calls).toMatchObject([
        { toolName: "get", input: args, providerMetadata: { taskroom: { unreadable: true } } },
      ]);
      expect(answer.finish).toBe(reason === "length" ? "length" : "tool-calls");
    }
  });
});

describe("the pieces of calls find together", () => {
  const one = ["get", { a: 1 }] as const;
  const two = ["set", { b: 2 }] as const;
  const a = '{"a":1}';
  const b = '{"b":2}';
  const whole = (index: unknown, id: unknown, name: string, args: string) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    type: "function",
    function: fn(name, args),
  });
  const more = (index: unknown, args: string, id?: unknown) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { arguments: args },
  });
  it.each([
    [
      "by index",
      [[whole(0, "x", "get", '{"a"')], [more(0, ":1}")], [whole(1, "y", "set", "")], [more(1, b)]],
    ],
    [
      "by index, interleaved",
      [
        [whole(0, "x", "get", ""), whole(1, "y", "set", "")],
        [more(1, '{"b"'), more(0, '{"a"')],
        [more(0, ":1}"), more(1, ":2}")],
      ],
    ],
    [
      "by an index that is text",
      [[whole("0", "x", "get", '{"a"')], [more("0", ":1}")], [whole("1", "y", "set", b)]],
    ],
    [
      "by id, without an index",
      [
        [whole(undefined, "x", "get", '{"a"')],
        [whole(undefined, "y", "set", '{"b"')],
        [more(undefined, ":1}", "x")],
        [more(undefined, ":2}", "y")],
      ],
    ],
    [
      "by id, that is a number",
      [
        [whole(undefined, 1, "get", '{"a"')],
        [whole(undefined, 2, "set", '{"b"')],
        [more(undefined, ":1}", 1)],
        [more(undefined, ":2}", 2)],
      ],
    ],
    [
      "by order, without index and id",
      [
        [whole(undefined, undefined, "get", '{"a"')],
        [more(undefined, ":1}")],
        [whole(undefined, undefined, "set", b)],
      ],
    ],
    [
      "by place in the list",
      [
        [whole(undefined, undefined, "get", '{"a"'), whole(undefined, undefined, "set", '{"b"')],
        [more(undefined, ":1}"), more(undefined, ":2}")],
      ],
    ],
    ["all with index 0, by their ids", [[whole(0, "x", "get", a)], [whole(0, "y", "set", b)]]],
    ["all with index 0, in one list", [[whole(0, "x", "get", a), whole(0, "y", "set", b)]]],
    [
      "all with index 0 and no id",
      [[whole(0, undefined, "get", a)], [whole(0, undefined, "set", b)]],
    ],
    ["with one id for both", [[whole(0, "x", "get", a)], [whole(1, "x", "set", b)]]],
    [
      "with one id for both, in one list",
      [[whole(undefined, "x", "get", a), whole(undefined, "x", "set", b)]],
    ],
    [
      "with an empty id behind the first",
      [[whole(0, "x", "get", '{"a"')], [more(0, ":1}", "")], [whole(1, "y", "set", b)]],
    ],
    [
      "with another id in every piece",
      [
        [whole(0, "x1", "get", '{"a"')],
        [more(0, ":1}", "x2")],
        [whole(1, "y1", "set", '{"b"')],
        [more(1, ":2}", "y2")],
      ],
    ],
    [
      "with an id only on the last",
      [
        [whole(0, undefined, "get", '{"a"')],
        [more(0, ":1}", "x")],
        [whole(1, undefined, "set", '{"b"')],
        [more(1, ":2}", "y")],
      ],
    ],
    [
      "with an id only on the last, without an index",
      [
        [whole(undefined, undefined, "get", '{"a"')],
        [more(undefined, ":1}", "x")],
        [whole(undefined, undefined, "set", '{"b"')],
        [more(undefined, ":2}", "y")],
      ],
    ],
    [
      "with the name in every piece",
      [[whole(0, "x", "get", '{"a"')], [whole(0, "x", "get", ":1}")], [whole(1, "y", "set", b)]],
    ],
    [
      "with the name in every piece, without index and id",
      [
        [whole(undefined, undefined, "get", '{"a"')],
        [whole(undefined, undefined, "get", ":1}")],
        [whole(undefined, undefined, "set", b)],
      ],
    ],
    [
      "and a last chunk sums up",
      [
        [whole(0, "x", "get", a)],
        [whole(1, "y", "set", b)],
        [whole(0, "x", "get", a), whole(1, "y", "set", b)],
      ],
    ],
    [
      "without a function around them",
      [
        [{ index: 0, id: "x", name: "get", arguments: a }],
        [{ index: 1, name: "set", arguments: b }],
      ],
    ],
  ])("%s", async (_, chunks) => {
    const answer = await read([...chunks.map((list) => called(...list)), end], { toolNames });
    expect(inputs(answer)).toEqual([one, two]);
    const ids = answer.calls.map(({ toolCallId }) => toolCallId);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id.length > 0)).toBe(true);
  });

  it.each([
    ["split", ["get_", "weather"], "get_weather"],
    ["split where its beginning is a tool too", ["get", "_weather"], "get_weather"],
    ["longer with every piece", ["get_", "get_weather"], "get_weather"],
    ["repeated", ["get", "get"], "get"],
    ["split into two halves of one kind", ["go", "go"], "gogo"],
    ["unknown, and split", ["un", "known"], "unknown"],
    ["empty at first", ["", "get"], "get"],
  ])("the name is %s", async (_, names, expected) => {
    const pieces = names.map((name) => called({ index: 0, id: "x", function: { name } }));
    expect(inputs(await read([...pieces, end], { toolNames }))).toEqual([[expected, {}]]);
  });

  it("the same tool twice is two calls", async () => {
    const twice = [whole(undefined, "x", "get", a), whole(undefined, "y", "get", b)];
    for (const chunks of [[twice], twice.map((call) => [call])]) {
      const answer = await read([...chunks.map((list) => called(...list)), end], { toolNames });
      expect(inputs(answer)).toEqual([
        ["get", { a: 1 }],
        ["get", { b: 2 }],
      ]);
    }
  });

  it("two entries of one list are two calls, with nothing to tell them apart", async () => {
    const twice = [whole(0, undefined, "get", a), whole(0, undefined, "get", a)];
    const answer = await read(called(...twice) + end, { toolNames });
    expect(inputs(answer)).toEqual([
      ["get", { a: 1 }],
      ["get", { a: 1 }],
    ]);
  });

  it("keeps the provider's ids", async () => {
    const answer = await read(called(whole(0, "x", "get", a), whole(1, 7, "set", b)) + end);
    expect(answer.calls.map(({ toolCallId }) => toolCallId)).toEqual(["x", "7"]);
  });

  it("an id that is missing is one that every provider takes back", async () => {
    const answer = await read(called(whole(0, null, "get", a)) + end);
    expect(answer.calls[0]?.toolCallId).toMatch(/^[a-z0-9]{9}$/);
  });
});

describe("calls and the finish reason need not agree", () => {
  const call = called({ index: 0, id: "x", function: fn("get", "{}") });
  it.each([
    ["calls with stop", call + stop, "tool-calls", 1],
    ["calls with [DONE] alone", call + DONE, "tool-calls", 1],
    ["calls with an unknown word", call + chunk({}, "done_calling"), "tool-calls", 1],
    [
      "calls in the chunk of the finish reason",
      chunk({ tool_calls: [{ id: "x", function: fn("get", "{}") }] }, "tool_calls"),
      "tool-calls",
      1,
    ],
    ["tool_calls without calls", say("Hi") + end, "stop", 0],
    [
      "the legacy function_call",
      chunk({ function_call: { name: "get", arguments: "{" } }) +
        chunk({ function_call: { arguments: "}" } }) +
        chunk({}, "function_call"),
      "tool-calls",
      1,
    ],
    [
      "calls in a message",
      event({
        object: "chat.completion",
        choices: [
          {
            message: { content: null, tool_calls: [{ id: "x", function: fn("get", {}) }] },
            finish_reason: "tool_calls",
          },
        ],
      }),
      "tool-calls",
      1,
    ],
  ])("%s", async (_, text, finish, count) => {
    const answer = await read(text, { toolNames });
    expect(answer.finish).toBe(finish);
    expect(inputs(answer)).toEqual(count === 1 ? [["get", {}]] : []);
  });
});

it("what the provider wants to have back goes with the call", async () => {
  const extra_content = { google: { thought_signature: "abc" } };
  const answer = await read(called({ id: "x", function: fn("get", "{}"), extra_content }) + end);
  const extra = JSON.stringify(extra_content);
  expect(answer.calls[0]?.providerMetadata).toEqual({ taskroom: { extra } });
});

describe("thinking in details, for the provider that wants it back with its calls", () => {
  const detail = (more: object) => ({ index: 0, format: "f-1", ...more });
  const thought = (...reasoning_details: object[]) => chunk({ reasoning_details });
  const details = async (...chunks: string[]) => {
    const { calls } = await read(
      [...chunks, called({ index: 0, id: "c1", function: fn("get", "{}") }), end].join(""),
      { toolNames },
    );
    const told = calls[0]?.providerMetadata?.taskroom?.details;
    return typeof told === "string" ? JSON.parse(told) : told;
  };

  it("is put together from its pieces", async () => {
    const text = (said: string, more = {}) =>
      detail({ type: "reasoning.text", text: said, ...more });
    const sealed = detail({ type: "reasoning.encrypted", data: "AB", index: 1 });
    expect(
      await details(
        thought(text("h", { signature: null })),
        thought(text("m")),
        thought(text("", { signature: "sig" }), sealed),
      ),
    ).toEqual([text("hm", { signature: "sig" }), sealed]);
  });

  it("is not that of another kind, nor of nothing", async () => {
    const one = detail({ type: "reasoning.summary", summary: "a" });
    const other = detail({ type: "reasoning.summary", summary: "b", index: 1 });
    expect(await details(thought(one, other))).toEqual([one, other]);
    expect(await details(thought(), say("x"))).toBeUndefined();
  });
});
