import * as z from "zod";
import type { Scope } from "../../protocol/identity";
import { LIMITS } from "../../protocol/limits";
import { taskStatus } from "../../protocol/task";
import { input, outcome, page, task, taskNow, taskPage, team, title } from "./fields";

/** What a client may think of a tool (MCP, `ToolAnnotations`). */
type Hints = {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
};

type Tool = {
  title: string;
  description: string;
  /** What the caller's credential must allow. */
  scope: Scope;
  input: z.ZodObject;
  output: z.ZodObject;
  annotations: Hints;
};

const READS: Hints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
/** A team may use whatever tools it has. */
const WORKS: Hints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

const reason = z.string().max(LIMITS.reasonChars);

/** The tools of the MCP server, by name. */
export const TOOLS = {
  run_team: {
    title: "Run a team",
    description:
      "Asks a team of agents and waits for its answer; tells how far it is. Without `task` a task is " +
      "made; with it the conversation goes on. If a person has to confirm something, the call asks, or " +
      "returns status WAITING with what is waited for: answer with `confirm`. A call that is cut off " +
      "stops nothing: `get_task` has the answer later.",
    scope: "write",
    input: z.strictObject({ team: team.optional(), input, task: task.optional() }),
    output: outcome,
    annotations: WORKS,
  },
  start_task: {
    title: "Start a task",
    description: "Makes a task, puts a team to work on it, and returns at once with the task's id.",
    scope: "write",
    input: z.strictObject({ team: team.optional(), input, title: title.optional() }),
    output: outcome,
    annotations: WORKS,
  },
  get_task: {
    title: "Look at a task",
    description: "How a task is now: its status, its last answer, and what it waits for.",
    scope: "read",
    input: z.strictObject({ task }),
    output: taskNow,
    annotations: READS,
  },
  send_message: {
    title: "Send a message",
    description:
      "Sends a message to a task and returns at once; the team answers when its turn comes.",
    scope: "write",
    input: z.strictObject({ task, input }),
    output: outcome,
    annotations: WORKS,
  },
  confirm: {
    title: "Answer what waits",
    description:
      "Says yes or no, in a person's name, to what a task waits for, and waits on for the answer. " +
      "Ask the person before you call it.",
    scope: "write",
    input: z.strictObject({
      task,
      approve: z.boolean(),
      note: reason.optional().describe("Why; the team is told."),
      call: z.string().max(LIMITS.refChars).optional().describe("Which call, where several wait."),
    }),
    output: outcome,
    annotations: { ...WORKS, destructiveHint: true },
  },
  stop_task: {
    title: "Stop a task",
    description: "Stops everything that a task is doing or will do; its history stays.",
    scope: "write",
    input: z.strictObject({ task, reason: reason.optional() }),
    output: z.object({ task: z.string(), stopped: z.int().describe("Turns that were stopped.") }),
    annotations: { ...WORKS, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  },
  list_tasks: {
    title: "List tasks",
    description: "Your tasks, the newest first.",
    scope: "read",
    input: z.strictObject({
      status: z.array(taskStatus).max(LIMITS.filterValues).optional(),
      waiting: z.boolean().optional().describe("Only those that wait for a person, or the others."),
      team: team.optional(),
      ...page,
    }),
    output: taskPage,
    annotations: READS,
  },
  search_tasks: {
    title: "Search tasks",
    description: "Your tasks whose title has these words, the newest first.",
    scope: "read",
    input: z.strictObject({ query: z.string().min(1).max(LIMITS.titleChars), ...page }),
    output: taskPage,
    annotations: READS,
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;
/** What a tool is called with, read. */
export type ArgumentsOf<Name extends ToolName> = z.output<(typeof TOOLS)[Name]["input"]>;
export type OutputOf<Name extends ToolName> = z.output<(typeof TOOLS)[Name]["output"]>;
