import type { CallToolResult } from "@modelcontextprotocol/server";
import { refuse } from "../../../protocol/errors";
import type { Turn } from "../../../protocol/turn";
import { RefusedRequest } from "../../../worker/problem";
import { answerOrAsk, takeAnswers } from "../asking";
import { follow, look } from "../follow";
import { give } from "../give";
import { outcomeGiven, outcomeOf } from "../outcome";
import { beginTask, currentTurn, idOf, readTurn, sendTo } from "../turns";
import type { Question } from "../watched";
import type { Tools } from "./handlers";

export const RUN: Pick<Tools, "run_team" | "start_task" | "send_message" | "confirm"> = {
  async run_team({ team, input, task }, call) {
    const { state } = call;
    if (!state) {
      const turn = await (task === undefined
        ? beginTask(call, { team, input })
        : sendTo(call, task, input));
      return answerOrAsk(call, await follow(call, turn));
    }
    const isAnswered = await takeAnswers(call, state);
    const turn = await readTurn(call.c, state.task, state.turn);
    if (!isAnswered) return outcomeGiven((await look(call, turn)).outcome);
    return answerOrAsk(call, await follow(call, turn));
  },

  async start_task(begin, call) {
    return begun(await beginTask(call, begin));
  },

  async send_message({ task, input }, call) {
    return begun(await sendTo(call, task, input));
  },

  async confirm({ task, approve, note, call: name }, call) {
    const taskId = idOf(task);
    const turn = await currentTurn(call.c, taskId);
    const { questions } = turn ? await look(call, turn) : { questions: [] };
    if (!turn || questions.length === 0) {
      throw new RefusedRequest(refuse("conflict", "The task waits for nobody's word now"));
    }
    const { asked } = meant(questions, name);
    await give(call.c, { taskId, turnId: turn.id }, { ...asked, approve, note });
    return outcomeGiven((await follow(call, turn)).outcome);
  },
};

function begun(turn: Turn): CallToolResult {
  return outcomeGiven(outcomeOf(turn));
}

/** The one thing that waits, or the call that was named; a yes to one of several is none to the others. */
function meant(questions: readonly Question[], name: string | undefined): Question {
  const named = name === undefined ? questions : questions.filter(({ call }) => call === name);
  const [question] = named;
  if (question && named.length === 1) return question;
  const names = questions.flatMap(({ call, tool }) =>
    call === undefined ? [] : [`${call} (${tool})`],
  );
  const issues = [{ path: "call", message: `one of ${names.join(", ")}` }];
  throw new RefusedRequest(refuse("invalid_request", "Name the call that is meant", { issues }));
}
