import {
  acceptedContent,
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import { LIMITS } from "../../protocol/limits";
import type { Call } from "./call";
import { give } from "./give";
import { outcomeGiven } from "./outcome";
import type { State } from "./state";
import type { Question, Watched } from "./watched";

const word = z.object({
  approve: z.boolean(),
  note: z.string().max(LIMITS.reasonChars).optional(),
});

/**
 * A turn as it came to rest. Where it waits for a person, and the caller has one at hand, the caller is asked
 * and calls again with the answers.
 */
export function answerOrAsk(call: Call, watched: Watched): CallToolResult | InputRequiredResult {
  const { questions } = watched;
  if (!call.canAsk || questions.length === 0) return outcomeGiven(watched.outcome);
  const { task, turn } = watched.outcome;
  const named = questions.map((question, i): [string, Question] => [`ask-${i + 1}`, question]);
  const asks = Object.fromEntries(named.map(([name, question]) => [name, question.asked]));
  return inputRequired({
    inputRequests: Object.fromEntries(named.map(([name, one]) => [name, formOf(one)])),
    requestState: JSON.stringify({ task, turn, asks } satisfies State),
  });
}

function formOf({ question, input }: Question) {
  const about = input === undefined ? "" : `\n\n${JSON.stringify(input, null, 2)}`;
  return inputRequired.elicit({
    message: question + about,
    requestedSchema: {
      type: "object",
      properties: {
        approve: { type: "boolean", title: "Approve" },
        note: {
          ...{ type: "string", title: "Note", maxLength: LIMITS.reasonChars },
          description: "Why; the team is told.",
        },
      },
      required: ["approve"],
    },
  });
}

/** Gives the room what a person has answered; a question that was put aside stays one. */
export async function takeAnswers(call: Call, { task, turn, asks }: State): Promise<boolean> {
  let isAside = false;
  for (const [name, about] of Object.entries(asks)) {
    const answer = inputResponse(call.answers, name);
    const isNo = answer.kind === "elicit" && answer.action === "decline";
    const said = isNo ? { approve: false } : acceptedContent(call.answers, name, word);
    if (said) await give(call.c, { taskId: task, turnId: turn }, { ...about, ...said });
    else if (answer.kind === "elicit" && answer.action === "cancel") isAside = true;
  }
  return !isAside;
}
