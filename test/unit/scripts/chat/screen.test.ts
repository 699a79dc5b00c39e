import { expect, it } from "vitest";
import { Screen } from "../../../../scripts/chat/screen";
import type { Item } from "../../../../scripts/chat/tell";
import { message } from "./room-events";

function show(items: Item[], outlet: { watched: boolean; color: boolean }) {
  let [out, err] = ["", ""];
  const screen = new Screen({
    ...outlet,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  for (const item of items) screen.show(item);
  return { out, err };
}

const PIPED = { watched: false, color: false };
const items: Item[] = [
  { kind: "said", message: message("user", "Why?", { author: { userId: "bob" } }) },
  { kind: "note", text: "running" },
  { kind: "begin", bot: "system/assistant" },
  { kind: "thinking", text: "Hm\nm" },
  { kind: "answer", text: "Be" },
  { kind: "restart", attempt: 2 },
  { kind: "answer", text: "Because" },
  { kind: "end" },
  { kind: "note", text: "done" },
];

it("writes for a person in one place, quiet parts dimmed", () => {
  const { out, err } = show(items, { watched: true, color: true });
  const plain = out.replaceAll("\u001b[2m", "<").replaceAll("\u001b[0m", ">");
  expect(plain).toBe(
    "<bob: Why?\n><· running\n><system/assistant\n><Hm\nm><\n>Be\n[attempt 2: the answer starts again]\nBecause\n<· done\n>",
  );
  expect(err).toBe("");
});

it("writes the answer alone to a pipe, without any control sequence", () => {
  const { out, err } = show(items, PIPED);
  expect(out).toBe("Be\n[attempt 2: the answer starts again]\nBecause\n");
  expect(err).toBe("bob: Why?\n· running\nsystem/assistant\nHm\nm\n· done\n");
});

it("keeps a note of the other stream out of the line of a piped answer", () => {
  const { out } = show(
    [
      { kind: "answer", text: "a" },
      { kind: "note", text: "n" },
      { kind: "answer", text: "b" },
    ],
    PIPED,
  );
  expect(out).toBe("ab");
});

it("neutralises whatever others say", () => {
  const evil = "\u001b]0;x\u0007\u009b2Jtext";
  const all: Item[] = [
    { kind: "answer", text: evil },
    { kind: "thinking", text: evil },
    { kind: "note", text: evil },
    { kind: "begin", bot: evil },
    { kind: "said", message: message("user", evil, { author: { userId: evil } }) },
    { kind: "said", message: message("assistant", evil) },
  ];
  for (const outlet of [PIPED, { watched: true, color: false }]) {
    const { out, err } = show(all, outlet);
    expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  }
});
