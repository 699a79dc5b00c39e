import type { LOG } from "../../operations/rest/log";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { IDS, QUESTION, TIMES } from "../samples";

const EVENT = {
  type: "chat:message" as const,
  seq: 1,
  ts: TIMES.created,
  data: { message: QUESTION },
};

export const LOG_DESCRIBED: Descriptions<typeof LOG> = {
  events: {
    description:
      "JSON, oldest first; `type=task:status` is the status history with cause and actor. A page may " +
      "be shorter than `limit`, or empty, before the end: `nextCursor` goes on. With " +
      "`Accept: text/event-stream` the live stream, which `Last-Event-ID` or `after` resumes.",
    headers: ["Last-Event-ID"],
    answer: {
      description: "A page of events, or the stream.",
      json: json(MODELS.EventPage, { items: [EVENT], nextCursor: null }),
    },
    errors: ["session_limit"],
    example: { after: "0", type: "chat:message" },
    media: {
      description:
        "`id` is `<epoch>-<seq>`, `event` the type, `data` the event; momentary events have no id.",
      example: `id: ${IDS.epoch}-1\nevent: chat:message\ndata: ${JSON.stringify(EVENT)}\n\n`,
    },
  },
  entries: {
    description:
      "Newest first. With filters a page may be shorter than `limit`, or empty, before the end: " +
      "`nextCursor` goes on. Live ones: `/events?type=log`.",
    answer: {
      description: "A page of entries.",
      json: json(MODELS.LogPage, {
        items: [
          {
            seq: 6,
            timestamp: TIMES.ended,
            agentType: "assistant",
            level: "success",
            message: "assistant finished",
          },
        ],
        nextCursor: null,
      }),
    },
    example: { level: "error" },
  },
};
