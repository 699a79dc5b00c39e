import { listTurns } from "../../protocol/rest/list-turns";
import { confirmTurn, giveOutput, guideTurn, retryTurn } from "../../protocol/rest/turn-actions";
import { MODELS } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { TURN } from "../samples";
import { INTERRUPT } from "./tasks";

const RETRY = named("Retry", retryTurn);
const CONFIRM = named("Confirm", confirmTurn);
const OUTPUT = named("ToolOutput", giveOutput);
const GUIDE = named("Guide", guideTurn);

const tag = "Turns";
const path = "/api/v1/tasks/{taskId}/turns/{turnId}";

const answer = (description: string, turn: Partial<typeof TURN> = {}): Operation["answer"] => ({
  status: 202,
  description,
  json: json(MODELS.TurnAnswer, { turn: { ...TURN, ...turn } }),
});

export const TURNS: readonly Operation[] = [
  {
    id: "listTurns",
    tag,
    method: "get",
    path: "/api/v1/tasks/{taskId}/turns",
    summary: "List a task's turns",
    description: "Newest first, with their steps.",
    scope: "read",
    query: listTurns,
    answer: {
      status: 200,
      description: "A page of turns.",
      json: json(MODELS.TurnPage, { items: [TURN], nextCursor: null }),
    },
    example: { status: "PROCESSING" },
  },
  {
    id: "readTurn",
    tag,
    method: "get",
    path,
    summary: "Read a turn",
    description: "With its steps and their whole results.",
    scope: "read",
    answer: { status: 200, description: "The turn.", json: json(MODELS.Turn, TURN) },
  },
  {
    id: "interruptTurn",
    tag,
    method: "post",
    path: `${path}/interrupt`,
    summary: "Stop a turn",
    description: "Answered alike when there is nothing to stop any more.",
    scope: "write",
    body: { ...json(INTERRUPT, { reason: "Enough" }), required: false },
    answer: answer("The turn as it is now.", { status: "INTERRUPTED", reason: "Enough" }),
  },
  {
    id: "retryTurn",
    tag,
    method: "post",
    path: `${path}/retry`,
    summary: "Try a turn again",
    description:
      "A FAILED or INTERRUPTED turn goes to the queue's tail and starts again at its first step " +
      "that is not COMPLETED.",
    scope: "write",
    body: { ...json(RETRY, {}), required: false },
    answer: answer("The turn as it is now.", { status: "PENDING" }),
    errors: ["invalid_transition", "queue_full", "task_cancelled", "quota_exceeded"],
  },
  {
    id: "confirmTurn",
    tag,
    method: "post",
    path: `${path}/confirm`,
    summary: "Answer a step, or a call of a tool, that waits for a person",
    description:
      "`approve: false` to a step interrupts the turn. With `toolCallId` one call of the step is " +
      "meant: a no is told to the model with the note, and the turn goes on once all are answered.",
    scope: "write",
    body: {
      ...json(CONFIRM, { step: "deploy", approve: true, note: "Looks right" }),
      required: true,
    },
    answer: answer("The turn as it is now."),
    errors: ["invalid_transition"],
  },
  {
    id: "giveToolOutput",
    tag,
    method: "post",
    path: `${path}/tool-outputs`,
    summary: "Give what the client made of a call",
    description:
      "For calls of `clientTools`, by who sent the turn's message or by an owner. One of `output` " +
      "and `error` is needed.",
    scope: "write",
    body: {
      ...json(OUTPUT, { toolCallId: "call_1", output: { city: "Lisbon" } }),
      required: true,
    },
    answer: answer("The turn as it is now."),
    errors: ["invalid_transition"],
  },
  {
    id: "guideTurn",
    tag,
    method: "post",
    path: `${path}/guide`,
    summary: "Steer the running turn",
    description: "Takes effect at the next model call or step; else it becomes a queued turn.",
    scope: "write",
    body: { ...json(GUIDE, { content: "Shorter, please" }), required: true },
    answer: answer("The turn as it is now."),
    errors: ["conflict", "queue_full", "task_cancelled"],
  },
];
