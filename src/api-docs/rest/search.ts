import type { SEARCH } from "../../operations/rest/search";
import type { FoundPage } from "../../protocol/rest/search";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { IDS, TIMES } from "../samples";

const PAGE: FoundPage = {
  items: [
    {
      taskId: IDS.task,
      title: "First steps",
      messageId: IDS.answer,
      seq: 7,
      threadId: "main",
      role: "assistant",
      createdAt: TIMES.ended,
      snippet: { text: "Hello, and welcome.", start: 0, hits: [{ start: 0, end: 5 }] },
      score: 1.482143,
    },
  ],
  nextCursor: null,
};

export const SEARCH_DESCRIBED: Descriptions<typeof SEARCH> = {
  find: {
    description:
      "Messages of all tasks that you are a member of (ephemeral ones aside) that have every word of `q`, in " +
      "any order. The last word may be the beginning of one. Case, accents and width make no difference; scripts " +
      "that write without spaces are found by any part. Everything in `q` is a word: there are no operators. " +
      "Best first among the newest two hundred that match, then among the next: a page may be short, and its " +
      "cursor goes on. What is said from now on changes no page of a search that has begun. Places are in UTF-16 " +
      "units. `incomplete` says that some tasks are still being read, as after an update or an invitation.",
    answer: {
      description: "A page of messages.",
      json: json(MODELS.FoundPage, PAGE),
    },
    example: { q: "hello wel", limit: "10" },
  },
};
