import * as z from "zod";
import type { AG_UI } from "../../operations/ag-ui/face";
import { stopped } from "../../operations/ag-ui/run-input";
import { errorCode, refusalDetails, refuse } from "../../protocol/errors";
import { type ErrorForm, type FaceDescription, json } from "../description";
import { schemaOf } from "../json-schema";

const error = z.object({ message: z.string(), code: errorCode, ...refusalDetails.shape });

/** The client makes its error of the status and the whole body. */
const ERRORS: ErrorForm = {
  prefix: "ag-ui-",
  type: "application/json",
  content: ([code = "invalid_request"]) => ({
    schema: schemaOf(error),
    example: refuse(code, "In words, with the path of each field that is wrong."),
  }),
};

const THREAD = "my-thread";
const RUN = "3f0b8f0e-2f2a-4a51-9d2c-8b1f0c7f2d10";
const MESSAGE = {
  id: "5b7c1c1e-90a4-4f0e-a1d2-6a1f3a2b4c5d",
  role: "user",
  content: "Hello",
} as const;
const input = { threadId: THREAD, runId: RUN, messages: [MESSAGE], tools: [], context: [] };

const STREAM =
  `data: {"type":"RUN_STARTED","threadId":"${THREAD}","runId":"${RUN}"}\n\n` +
  'data: {"type":"TEXT_MESSAGE_START","messageId":"msg_1","role":"assistant"}\n\n' +
  `data: {"type":"RUN_FINISHED","threadId":"${THREAD}","runId":"${RUN}","outcome":{"type":"success"}}\n\n`;
const media = { description: "Events of AG-UI, one run.", example: STREAM };

const run = {
  description:
    "What `HttpAgent` posts. Only the last message counts: a user's message is sent, and the same " +
    "`runId` again is the same turn; results of the client's `tools` and the entries of `resume` answer " +
    "a turn that waits. In a new thread the messages before it are given to the team.",
  body: input,
  answer: { description: "The turn, as it happens." },
  media,
  errors: ["not_found", "forbidden", "conflict", "queue_full", "quota_exceeded", "task_cancelled"],
} as const;

const infoAnswer = z.object({
  mode: z.literal("sse"),
  agents: z.record(z.string(), z.looseObject({ name: z.string(), description: z.string() })),
});
const TEAM = "system/assistant";
const INFO = { name: TEAM, description: `The team ${TEAM}` };

/** AG-UI and CopilotKit's routes, for their readers. */
export const AG_UI_DESCRIPTION: FaceDescription<typeof AG_UI> = {
  errors: ERRORS,
  parameters: {
    namespace: { description: "The team's namespace.", example: "system" },
    team: { description: "The team's name.", example: "assistant" },
    agentId: { description: "A team, `namespace/name`.", example: TEAM },
    threadId: { description: "A task's id, or your own name for a thread.", example: THREAD },
  },
  groups: {
    agents: { run },
    copilotKit: {
      run,
      connect: {
        description: "Whole, whoever began the turn; where none is open, the messages alone.",
        body: { threadId: THREAD, runId: RUN, messages: [] },
        answer: { description: "The thread, and its open turn as it happens." },
        media,
        errors: ["not_found"],
      },
      stop: {
        description: "With `runId` only what that run began.",
        body: { runId: RUN },
        answer: {
          description: "Whether there was something to stop.",
          json: json(stopped, { stopped: true }),
        },
        errors: ["not_found", "forbidden"],
      },
      info: {
        answer: {
          description: "All of them.",
          json: json(infoAnswer, { mode: "sse", agents: { [TEAM]: INFO } }),
        },
      },
    },
  },
};
