import { nextDescent } from "../../protocol/depth";
import type { Attachment } from "../../protocol/files/attachment";
import type { Message } from "../../protocol/message";
import { type ToolUse, usesIn } from "../../protocol/tools/tool-use";
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
  /** What tools did in steps that failed, and in runs that were rolled back, by step. */
  uses: ReadonlyMap<string, ToolUse[]>;
  /** What earlier attempts of the step did, with values whole. */
  rounds: DoneRound[];
  /** Files that came with the turn's message. */
  attachments: Attachment[];
  /** Files of the messages of its finished steps, by step. */
  handedFiles: ReadonlyMap<string, Attachment[]>;
  parts: StepRequest["parts"];
};

/** What a running step's agent is called with. */
export function stepRequest(
  room: Room,
  fence: Fence,
  background: Background,
): StepRequest | undefined {
  const turn = room.state.openTurns.find((item) => item.id === fence.turnId);
  const step = stepOf(turn, fence.step);
  const run = room.runs[fence.turnId];
  const plan = run?.planId === undefined ? undefined : room.plans[run.planId];
  const member = plan?.members.find((item) => item.step === fence.step);
  if (!turn || !step || !run || !member) return undefined;
  const { prompt } = member;
  const stepRun = run.steps[fence.step] ?? { tries: 0 };
  const { rounds, parts } = background;
  return {
    config: agentOf(member, stepRun),
    taskId: turn.taskId,
    turnId: turn.id,
    step: step.step,
    phase: step.phase,
    attempt: fence.attempt,
    run: step.run,
    idempotencyKey: `${turn.id}:${step.step}:${step.run}`,
    ...asked(member, run.input, background.attachments),
    ...(prompt !== undefined && { prompt }),
    maxRounds: plan?.maxRounds ?? RULES.rounds,
    rounds,
    files: stepRun.files ?? [],
    parts,
    clientTools: run.clientTools ?? [],
    descent: nextDescent(run.descent, turn.taskId),
    context: [
      ...conversation(member, background.history),
      ...earlierSteps(member, { turn, step, ...background }),
    ],
  };
}

/** A member that is to know nothing but its own instruction is asked that instead. */
function asked(
  { context, prompt }: MemberPlan,
  input: string,
  attachments: Attachment[],
): Pick<StepRequest, "input" | "attachments"> {
  if (context === "none" && prompt !== undefined) return { input: prompt, attachments: [] };
  return { input, attachments };
}

function conversation(member: MemberPlan, history: Message[]): ContextMessage[] {
  if (member.context !== "all") return [];
  return history.flatMap((message) => {
    const { role, content, status, attachments = [] } = message;
    const uses = role === "assistant" ? usesIn(message.metadata) : [];
    const isSaid = status !== "failed" && (content !== "" || attachments.length > 0);
    if (!isSaid && uses.length === 0) return [];
    return [
      {
        ...{ role, content },
        ...(uses.length > 0 && { uses }),
        ...(attachments.length > 0 && { attachments }),
      },
    ];
  });
}

type Before = { turn: Turn; step: Step } & Pick<Background, "outputs" | "uses" | "handedFiles">;

/** Said to a model of what a phase did that hands on no result. */
const FAILED = "This phase failed. What its tools did stands.";
const ROLLED_BACK = "This was rolled back, to be done anew. What its tools did stands.";

/**
 * What the phases before this one handed on (requirement P9); and what tools did in those that failed, and
 * in runs that were rolled back, also of this phase and of later ones.
 */
function earlierSteps(member: MemberPlan, before: Before): ContextMessage[] {
  if (member.context === "none" || member.context === "input") return [];
  const { turn, step } = before;
  const own = turn.steps.indexOf(step);
  const told = turn.steps.flatMap((one, at) => [
    ...leftBy(one, before),
    ...(at < own ? handedOn(one, before) : []),
  ]);
  if (member.context === "all") return told;
  return told.slice(
    Math.max(
      0,
      told.findLastIndex(({ uses }) => !uses),
    ),
  );
}

function handedOn({ step, phase, status }: Step, before: Before): ContextMessage[] {
  if (status !== "COMPLETED") return [];
  const content = before.outputs.get(step) ?? "";
  const attachments = before.handedFiles.get(step);
  if (content === "" && !attachments) return [];
  return [{ role: "assistant", phase, content, ...(attachments && { attachments }) }];
}

function leftBy({ step, phase, status }: Step, { uses }: Before): ContextMessage[] {
  const all = uses.get(step) ?? [];
  if (all.length === 0) return [];
  const content = status === "FAILED" ? FAILED : ROLLED_BACK;
  // They stand for themselves: what was said around them is no result.
  return [
    { role: "assistant", phase, content, uses: all.map((use) => ({ ...use, textOffset: 0 })) },
  ];
}
