import { expect, it } from "vitest";
import { Book } from "../../faults/books";
import { Random } from "../../faults/random";
import type { AgentRequest } from "../../support/remote-agent";

/** A book that was asked for like this, each time read to its end; a number is a chapter to go on from. */
function asked(...froms: { from?: number; text?: string; key?: string }[]): Book {
  const book = new Book("[[r1]]", new Random("1"));
  for (const { from = 0, text, key = "k" } of froms) {
    const before = text ?? book.chapters.slice(0, from).join("");
    const resume = from === 0 ? {} : { resume: { text: before, state: { chapter: from } } };
    const request = { body: resume, idempotencyKey: key } as unknown as AgentRequest;
    for (const _ of book.write(request));
  }
  return book;
}

it.each([
  ["once", [{}], 0],
  ["again from its second chapter", [{}, { from: 1 }], 0],
  ["again from its beginning, though it could go on", [{ from: 1 }, {}], 1],
  ["under another key", [{}, { from: 1, key: "other" }], 1],
  ["after a text that is not its own", [{ from: 1, text: "?" }], 2],
])("a book that is asked for %s", (_, froms, complaints) => {
  const { length } = asked(...froms).findings();
  expect(length).toBeGreaterThanOrEqual(complaints > 0 ? 1 : 0);
  expect(length > 0).toBe(complaints > 0);
});
