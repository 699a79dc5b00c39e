import type { STREAMS } from "../../operations/streams/face";
import type { FaceDescription } from "../description";
import { REST_DESCRIPTION } from "../rest/face";
import { IDS, QUESTION, TIMES } from "../samples";

const OFFSET = `${IDS.epoch}-000000000000001`;
const EVENT = { type: "chat:message", seq: 1, ts: TIMES.created, data: { message: QUESTION } };

export const STREAMS_DESCRIPTION: FaceDescription<typeof STREAMS> = {
  errors: REST_DESCRIPTION.errors,
  parameters: { taskId: REST_DESCRIPTION.parameters.taskId },
  groups: {
    tasks: {
      read: {
        description:
          "For clients of Durable Streams, to read alone: the log's events, oldest first, with " +
          "`Stream-Next-Offset`, `Stream-Up-To-Date`, and `Stream-Closed` once the task is cancelled. " +
          "204 where nothing comes for 20 s of `long-poll`; 410 where the log has nothing at an offset " +
          "any more.",
        answer: { description: "A list of events; or the stream, or nothing new." },
        errors: ["session_limit"],
        example: { offset: "-1" },
        media: {
          description: "`data`: a list of events; `control`: where the next begin.",
          example:
            `event: data\ndata: ${JSON.stringify([EVENT])}\n\n` +
            `event: control\ndata: {"streamNextOffset":"${OFFSET}","upToDate":true}\n\n`,
        },
      },
    },
  },
};
