import type { CallToolResult } from "@modelcontextprotocol/server";
import type { TurnOutcome } from "../../operations/mcp/fields";
import type { Turn } from "../../protocol/turn";
import { linksTo } from "../files/links";
import { toolGave } from "./result";

/** A turn that nobody has waited for. */
export function outcomeOf({ id: turn, taskId: task, status }: Turn): TurnOutcome {
  return { task, turn, status, answer: "" };
}

export function outcomeGiven(outcome: TurnOutcome): CallToolResult {
  return toolGave(outcomeText(outcome), outcome);
}

/** The answer in front, as who reads words alone wants it; how it stands where that is not the end of it. */
export function outcomeText(outcome: TurnOutcome): string {
  const { task, status, error, reason, files = [] } = outcome;
  const answer = outcome.answer + linksTo(files, { below: outcome.answer }).text;
  if (status === "COMPLETED" && answer !== "") return answer;
  const why = error ? `${error.code}: ${error.message}` : reason;
  const stands = `Task ${task} is ${status}${why === undefined ? "" : ` (${why})`}.`;
  return [answer, stands + waitText(outcome)].filter((text) => text !== "").join("\n\n");
}

function waitText({ waiting }: TurnOutcome): string {
  if (!waiting) return "";
  const asks = waiting.asks.map(({ question, call, input }) => {
    const about = input === undefined ? "" : ` ${JSON.stringify(input)}`;
    return `\n- ${question}${about}${call === undefined ? "" : ` (call ${call})`}`;
  });
  const how = asks.length > 0 ? " The tool confirm answers:" : "";
  return ` It waits for: ${waiting.for}.${how}${asks.join("")}`;
}
