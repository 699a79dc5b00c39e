import type { TURNS } from "../../operations/rest/turns";
import {
  confirmTurn,
  giveOutput,
  guideTurn,
  regenerateTurn,
  retryTurn,
} from "../../protocol/rest/turn-actions";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";
import { IDS, TURN } from "../samples";

named("Retry", retryTurn);
named("Regenerate", regenerateTurn);
named("Confirm", confirmTurn);
named("ToolOutput", giveOutput);
named("Guide", guideTurn);

const answer = (description: string, turn: Partial<typeof TURN> = {}) => ({
  description,
  json: json(MODELS.TurnAnswer, { turn: { ...TURN, ...turn } }),
});

export const TURNS_DESCRIBED: Descriptions<typeof TURNS> = {
  list: {
    description: "Newest first, with their steps.",
    answer: {
      description: "A page of turns.",
      json: json(MODELS.TurnPage, { items: [TURN], nextCursor: null }),
    },
    example: { status: "PROCESSING" },
  },
  read: {
    description: "With its steps and their whole results.",
    answer: { description: "The turn.", json: json(MODELS.Turn, TURN) },
  },
  interrupt: {
    description: "Answered alike when there is nothing to stop any more.",
    body: { reason: "Enough" },
    answer: answer("The turn as it is now.", { status: "INTERRUPTED", reason: "Enough" }),
  },
  retry: {
    description:
      "A FAILED or INTERRUPTED turn goes to the queue's tail and starts again at its first step " +
      "that is not COMPLETED.",
    body: {},
    answer: answer("The turn as it is now.", { status: "PENDING" }),
    errors: ["invalid_transition", "queue_full", "task_cancelled", "quota_exceeded"],
  },
  regenerate: {
    description:
      "Of a COMPLETED turn: another turn for the same message, at the queue's tail. Once it begins, the " +
      "answers that there are get `supersededBy`, its id. While one is open for the message, that is the answer.",
    body: {},
    answer: answer("The new turn.", { regenerates: IDS.earlier, status: "PENDING" }),
    errors: [
      ...(["invalid_transition", "conflict", "queue_full"] as const),
      ...(["task_cancelled", "quota_exceeded", "unavailable"] as const),
    ],
  },
  confirm: {
    description:
      "`approve: false` to a step interrupts the turn. With `toolCallId` one call of the step is " +
      "meant: a no is told to the model with the note, and the turn goes on once all are answered.",
    body: { step: "deploy", approve: true, note: "Looks right" },
    answer: answer("The turn as it is now."),
    errors: ["invalid_transition"],
  },
  giveOutput: {
    description:
      "For calls of `clientTools`, by who sent the turn's message or by an owner. One of `output` " +
      "and `error` is needed.",
    body: { toolCallId: "call_1", output: { city: "Lisbon" } },
    answer: answer("The turn as it is now."),
    errors: ["invalid_transition"],
  },
  guide: {
    description: "Takes effect at the next model call or step; else it becomes a queued turn.",
    body: { content: "Shorter, please" },
    answer: answer("The turn as it is now."),
    errors: ["conflict", "queue_full", "task_cancelled"],
  },
};
