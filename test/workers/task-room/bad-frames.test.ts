import { beforeEach, describe, expect, it } from "vitest";
import { newTask, newUser, RoomClient } from "../../support/room-client";

let alice: string;
let client: RoomClient;

beforeEach(async () => {
  alice = newUser();
  client = await RoomClient.join(alice, await newTask(alice));
});

const deep = `{"type":"chat:send","id":"x","data":${'{"a":'.repeat(200)}1${"}".repeat(200)}}`;
const long = "x".repeat(32_001);

describe("a frame that is no command gets one error, and the connection lives", () => {
  const cases: [string, string, string | undefined][] = [
    ["not JSON", "hello", undefined],
    ["empty", "", undefined],
    ["null", "null", undefined],
    ["an array", "[]", undefined],
    ["a number", "42", undefined],
    ["no type", '{"id":"a"}', "a"],
    ["an unknown type", '{"type":"chat:nothing","id":"a"}', "a"],
    ["a type of another kind", '{"type":5,"id":"a"}', "a"],
    ["an id of another kind", '{"type":"chat:typing","id":7,"data":{"typing":true}}', undefined],
    [
      "an id that is too long",
      JSON.stringify({ type: "chat:cancel", id: "i".repeat(65) }),
      undefined,
    ],
    ["no data where data is needed", '{"type":"chat:send","id":"a"}', "a"],
    ["empty content", '{"type":"chat:send","id":"a","data":{"content":""}}', "a"],
    [
      "content too long",
      JSON.stringify({ type: "chat:send", id: "a", data: { content: long } }),
      "a",
    ],
    ["content of another kind", '{"type":"chat:send","id":"a","data":{"content":{}}}', "a"],
    [
      "an unknown member",
      '{"type":"chat:send","id":"a","data":{"content":"x","role":"system"}}',
      "a",
    ],
    [
      "a prototype key",
      '{"type":"chat:send","id":"a","data":{"content":"x","__proto__":{"a":1}}}',
      "a",
    ],
    ["half a surrogate pair", '{"type":"chat:send","id":"a","data":{"content":"\\ud83d"}}', "a"],
    ["nesting too deep", deep, undefined],
    ["a turn id of another form", '{"type":"chat:cancel","id":"a","data":{"turnId":"x"}}', "a"],
    ["a limit out of range", '{"type":"history:sync","id":"a","data":{"limit":201}}', "a"],
    [
      "before and after at once",
      '{"type":"history:sync","id":"a","data":{"before":"msg_01m7xr35em2mqf447ej8wtcxjw","after":"msg_01m7xr35em2mqf447ej8wtcxjw"}}',
      "a",
    ],
    ["a negative position", '{"type":"task:join","id":"a","data":{"after":-1}}', "a"],
  ];
  it.each(cases)("%s", async (_, frame, ref) => {
    client.send(frame);
    const error = await client.frames.next(({ type }) => type === "error");
    expect(error).toMatchObject({ error: { code: "invalid_request" } });
    expect(error.ref).toBe(ref);
    expect(await client.ask("history:sync")).toMatchObject({ type: "ack" });
  });
});

it("a binary frame gets an error, and the connection lives", async () => {
  client.sendBytes(new Uint8Array([1, 2, 3]));
  const error = await client.frames.next(({ type }) => type === "error");
  expect(error).toMatchObject({ error: { code: "invalid_request" } });
  expect(await client.ask("history:sync")).toMatchObject({ type: "ack" });
});

it("ten malformed frames in the window are answered, one more closes with 4400", async () => {
  for (let i = 0; i < 11; i++) client.send("nonsense");
  expect(await client.frames.whenClosed()).toMatchObject({ code: 4400 });
  expect(client.frames.of("error")).toHaveLength(10);
});

it("a frame over 256 KiB closes with 1009", async () => {
  client.send("x".repeat(256 * 1024 + 1));
  expect(await client.frames.whenClosed()).toMatchObject({ code: 1009 });
});

it("a frame's size counts in bytes, not in characters", async () => {
  client.send("🎉".repeat(64 * 1024 + 1));
  expect(await client.frames.whenClosed()).toMatchObject({ code: 1009 });
});

it("past 20 commands in 10 s a command is refused with the time to wait, and past 100 the socket closes", async () => {
  const replies = await Promise.all(Array.from({ length: 21 }, () => client.ask("history:sync")));
  expect(replies.filter(({ type }) => type === "ack")).toHaveLength(20);
  const refused = replies.at(-1)?.error;
  expect(refused?.code).toBe("rate_limited");
  expect(refused?.retryAfterMs).toBeGreaterThan(0);
  for (let i = 0; i < 80; i++) client.send({ type: "history:sync", data: {} });
  expect(await client.frames.whenClosed()).toMatchObject({ code: 4429 });
});

it("the text frame ping is answered pong by the runtime", async () => {
  client.send("ping");
  await client.whenPong();
});

describe("a command on what does not exist", () => {
  const turnId = "turn_01m7xr35em2mqf447ej8wtcxjw";
  const cases: [string, object, string][] = [
    ["chat:retry", { turnId }, "not_found"],
    ["turn:confirm", { turnId, step: "s", approve: true }, "not_found"],
    ["chat:guide", { turnId, content: "left" }, "not_found"],
    ["history:sync", { before: "msg_01m7xr35em2mqf447ej8wtcxjw" }, "invalid_request"],
  ];
  it.each(cases)("%s", async (type, data, code) => {
    expect(await client.ask(type, data)).toMatchObject({ type: "error", error: { code } });
  });

  it("chat:cancel of an unknown turn is acknowledged", async () => {
    expect(await client.ask("chat:cancel", { turnId })).toMatchObject({ type: "ack" });
  });
});
