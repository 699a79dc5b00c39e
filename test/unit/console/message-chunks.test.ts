import { expect, it } from "vitest";
import { type Chunk, chunksOf } from "../../../src/console/room/conversation/message-chunks";
import { pastMessages } from "../../worker/past-messages";

const all = pastMessages(200);
const byKey = (chunks: Chunk[]) =>
  new Map(chunks.map(({ key, messages }) => [key, messages.map(({ id }) => id).join()]));

it("chunks hold every message once, in order", () => {
  const chunks = chunksOf(all.slice(0, 120), all.slice(120));
  expect(chunks.flatMap(({ messages }) => messages)).toEqual(all);
});

it("older pages and new messages change no chunk that is full", () => {
  const before = byKey(chunksOf(all.slice(80, 130), all.slice(130, 180)));
  const after = byKey(chunksOf(all.slice(30, 130), all.slice(130, 200)));
  for (const [key, messages] of before) expect(after.get(key), key).toBe(messages);
  expect(after.size).toBeGreaterThan(before.size);
});
