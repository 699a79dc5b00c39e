import type { ContextMessage, StepRequest } from "../protocol/agent";
import type { Message } from "../protocol/message";
import type { MemberPlan } from "../protocol/team-plan";
import type { Step, Turn } from "../protocol/turn";
import type { TurnRun } from "../protocol/turn-run";
import { type Fence, stepOf } from "./fence";
import type { Room } from "./room";
import { agentOf } from "./step-start";

/** What a running step's agent is called with; `history` is the thread before the turn, oldest first. */
export function stepRequest(room: Room, fence: Fence, history: Message[]): StepRequest | undefined {
  const turn = room.state.openTurns.find((item) => item.id === fence.turnId);
  const step = stepOf(turn, fence.step);
  const run = room.runs[fence.turnId];
  const plan = run?.planId === undefined ? undefined : room.plans[run.planId];
  const member = plan?.members.find((item) => item.step === fence.step);
  if (!turn || !step || !run || !member) return undefined;
  const { prompt } = member;
  return {
    config: agentOf(member, run.steps[fence.step] ?? { tries: 0 }),
    taskId: turn.taskId,
    turnId: turn.id,
    step: step.step,
    phase: step.phase,
    attempt: fence.attempt,
    run: step.run,
    idempotencyKey: `${turn.id}:${step.step}:${step.run}`,
    input: member.context === "none" ? (prompt ?? run.input) : run.input,
    ...(prompt !== undefined && { prompt }),
    context: [...conversation(member, history), ...earlierSteps(member, turn, step, run)],
  };
}

function conversation(member: MemberPlan, history: Message[]): ContextMessage[] {
  if (member.context !== "all") return [];
  return history
    .filter((message) => message.status !== "failed" && message.content !== "")
    .map(({ role, content }) => ({ role, content }));
}

/** What the phases before this one handed on (requirement P9). */
function earlierSteps(member: MemberPlan, turn: Turn, step: Step, run: TurnRun): ContextMessage[] {
  if (member.context === "none" || member.context === "input") return [];
  const before = turn.steps.slice(0, turn.steps.indexOf(step));
  const results = before.flatMap(({ step: id, phase, status }) => {
    // What a step said before it was rolled back and failed counts no more.
    const output = status === "COMPLETED" && run.outputs[id];
    return output ? [{ role: "assistant" as const, content: `## ${phase}\n\n${output}` }] : [];
  });
  return member.context === "previous" ? results.slice(-1) : results;
}
