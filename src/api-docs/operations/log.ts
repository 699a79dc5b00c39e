import { listEvents } from "../../protocol/rest/list-events";
import { listLogs } from "../../protocol/rest/list-logs";
import { MODELS } from "../models";
import { json, type Operation } from "../operation";
import { IDS, QUESTION, TIMES } from "../samples";

const tag = "Log";
const EVENT = {
  type: "chat:message" as const,
  seq: 1,
  ts: TIMES.created,
  data: { message: QUESTION },
};

export const LOG: readonly Operation[] = [
  {
    id: "listEvents",
    tag,
    method: "get",
    path: "/api/v1/tasks/{taskId}/events",
    summary: "Read or follow a task's log",
    description:
      "JSON, oldest first; `type=task:status` is the status history with cause and actor. With " +
      "`Accept: text/event-stream` the live stream, which `Last-Event-ID` or `after` resumes.",
    scope: "read",
    query: listEvents,
    headers: ["Last-Event-ID"],
    answer: {
      status: 200,
      description: "A page of events, or the stream.",
      json: json(MODELS.EventPage, { items: [EVENT], nextCursor: null }),
      media: {
        type: "text/event-stream",
        description:
          "`id` is `<epoch>-<seq>`, `event` the type, `data` the event; momentary events have no id.",
        example: `id: ${IDS.epoch}-1\nevent: chat:message\ndata: ${JSON.stringify(EVENT)}\n\n`,
      },
    },
    errors: ["session_limit"],
    example: { after: "0", type: "chat:message" },
  },
  {
    id: "listLogs",
    tag,
    method: "get",
    path: "/api/v1/tasks/{taskId}/logs",
    summary: "Read a task's log entries",
    description: "Newest first. Live ones: `/events?type=log`.",
    scope: "read",
    query: listLogs,
    answer: {
      status: 200,
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
];
