import { nextDescent } from "../../protocol/depth";
import type { Message } from "../../protocol/message";
import { usesIn } from "../../protocol/tools/tool-use";
import type { Step, Turn } from "../../protocol/turn";
import type { ContextMessage, DoneRound, StepRequest } from "../../resources/step";
import type { MemberPlan } from "../../resources/team-plan";
import { RULES } from "../turn/limits";
import type { Room } from "../turn/room";
import { type Fence, stepOf } from "./fence";
import { agentOf } from "./start";

export type Background = {
  /** The thread's messages besides the turn's own, oldest first. */
  history: Message[];
  /** What the turn's finished steps gave, by step. */
  outputs: ReadonlyMap<string, string>;
  /** What earlier attempts of the step did, with values whole. */
  rounds: DoneRound[];
  parts: StepRequest["parts"];
};

/** What a running step's agent is called with. */
export function stepRequest(
  room: Room,
  fence: Fence,
  { history, outputs, rounds, parts }: Background,
): StepRequest | undefined {
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
    maxRounds: plan?.maxRounds ?? RULES.rounds,
    rounds,
    parts,
    clientTools: run.clientTools ?? [],
    descent: nextDescent(run.descent, turn.taskId),
    context: [...conversation(member, history), ...earlierSteps(member, { turn, step, outputs })],
  };
}

function conversation(member: MemberPlan, history: Message[]): ContextMessage[] {
  if (member.context !== "all") return [];
  return history.flatMap((message) => {
    const { role, content, status } = message;
    const uses = role === "assistant" ? usesIn(message.metadata) : [];
    const isSaid = status !== "failed" && content !== "";
    if (!isSaid && uses.length === 0) return [];
    return [{ role, content, ...(uses.length > 0 && { uses }) }];
  });
}

type Before = { turn: Turn; step: Step; outputs: ReadonlyMap<string, string> };

/** What the phases before this one handed on (requirement P9). */
function earlierSteps(member: MemberPlan, { turn, step, outputs }: Before): ContextMessage[] {
  if (member.context === "none" || member.context === "input") return [];
  const before = turn.steps.slice(0, turn.steps.indexOf(step));
  const results = before.flatMap(({ step: id, phase, status }) => {
    const content = status === "COMPLETED" ? outputs.get(id) : undefined;
    return content ? [{ role: "assistant" as const, phase, content }] : [];
  });
  return member.context === "previous" ? results.slice(-1) : results;
}
