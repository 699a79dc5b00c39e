import * as z from "zod";
import type { Descent } from "../protocol/depth";
import { failure } from "../protocol/errors";
import type { Attachment } from "../protocol/files/attachment";
import type { JsonObject, JsonValue } from "../protocol/json";
import type { LogLevel } from "../protocol/log-entry";
import type { StreamRound } from "../protocol/room-state";
import type { KeptFile } from "../protocol/rooms/turn-run";
import type { ClientTool, ToolUse } from "../protocol/tools/tool-use";
import type { Usage } from "../protocol/usage";
import type { AgentConfig } from "./agent";

/** One turn of the conversation as a model gets it. */
export type ContextMessage = {
  role: "user" | "assistant" | "system";
  /** The phase whose result this is; absent for the conversation's own messages. */
  phase?: string;
  content: string;
  /** Tools that were used in the making of an assistant's message. */
  uses?: ToolUse[];
  /** Files that it carries; their bytes are read when somebody is to be given them. */
  attachments?: Attachment[];
};

/** Everything that a step's agent is given; plain data. */
export type StepRequest = {
  config: AgentConfig;
  taskId: string;
  turnId: string;
  step: string;
  phase: string;
  attempt: number;
  run: number;
  /** Stable over the attempts of a run. */
  idempotencyKey: string;
  /** What the user asked. */
  input: string;
  /** Files that came with it. */
  attachments: Attachment[];
  /** The member's own instruction, beside the ghost's prompt. */
  prompt?: string;
  /** Oldest first, without the input; may be longer than the model's window. */
  context: ContextMessage[];
  /** Model calls that may end in tool calls; one more is made without tools. */
  maxRounds: number;
  /** What earlier attempts did, oldest first. */
  rounds: DoneRound[];
  /** Files that they made, which the answer carries. */
  files: KeptFile[];
  /** Tools that the sender of the turn's message carries out. */
  clientTools: ClientTool[];
  /** What the requests that its agent makes to others are told of where they come from. */
  descent: Descent;
  /** Parts of its work that an agent in code has begun, by key; those that are done have a value. */
  parts: ReadonlyMap<string, { value?: JsonValue }>;
};

/** Where a tool's use belongs: ids are the provider's and may repeat, this never does. */
export type ToolPlace = { round: number; index: number };

/** `cut`: what it took or gave is longer than it is shown. */
type ToolNamed = ToolPlace & { toolCallId: string; name: string; cut?: true };

/** A call of a tool as it goes into the log; `whole` is the value of which `cut` is the beginning. */
type CallSaid = ToolNamed & { input: JsonValue; whole?: JsonValue };
type Outcome = { output: JsonValue } | { error: string };

/** What is committed before an agent goes on: it is never paid for, or done, again (decision 15). */
export type StepRecord =
  | {
      type: "round";
      round: number;
      text: string;
      thinking?: string;
      usage?: Usage;
      calls: CallSaid[];
      /** The model's own parts, as its provider wants them back. */
      memo?: JsonValue;
    }
  /** A file that the answer carries. Without `call` and `stays` it is of what is said now, and goes with that. */
  | ({ type: "file" } & KeptFile)
  /** What was said so far stays; the next attempt of the same bot is given it, and the memo. */
  | { type: "resumable"; memo: JsonValue }
  | ({ type: "tool-call"; where?: "client" } & CallSaid)
  /** A part of the work of an agent in code: it begins, is done and gave a value, or threw. */
  | { type: "part"; key: string; value?: JsonValue; threw?: true }
  | ({ type: "tool-approval" } & CallSaid)
  | ({ type: "tool-result"; whole?: JsonValue } & ToolNamed & Outcome);

/** A round that an earlier attempt made, with values whole. */
export type DoneRound = StreamRound & { memo?: JsonValue };

/** What an agent tells of its work besides its text. */
export type StepReport =
  | { type: "progress"; percentComplete: number; message?: string }
  | { type: "log"; level: LogLevel; message: string; metadata?: JsonObject }
  | { type: "notify"; title: string; body?: string; data?: JsonObject }
  /** What a call of the model cost that was not the attempt's last. */
  | { type: "usage"; usage: Usage }
  | ({ type: "tool-progress"; progress?: number; total?: number; message?: string } & ToolPlace);

export type StepFinish = {
  type: "finish";
  finishReason: string;
  /** What the provider says answered; may be more exact than the config's model. */
  model: string;
  /** The step's result, where it is not just the text that was written. */
  output?: string;
  data?: JsonValue;
  /** Ranges of the text, in UTF-16 units, that turned out to be thinking: the message has them there. */
  thoughts?: readonly (readonly [number, number])[];
  /** Of the last call; those before it were reported. */
  usage?: Usage;
  /** How many context messages did not fit the window. */
  truncatedContext?: number;
};

export const stepFailure = z.object({
  type: z.literal("failure"),
  /** Safe to show: never the provider's own text. */
  ...failure.shape,
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
});
export type StepFailure = z.infer<typeof stepFailure> & {
  /** Of the call that failed. */
  usage?: Usage;
  /** How the answer that was being written ended; `unknown` where its provider has not said so. */
  finishReason?: string;
};

/** Calls of the last round wait for a person, or for the client; the next attempt goes on from there. */
export type StepWait = { type: "wait" };

/** How an attempt ends; it has one end, which is what its agent returns. */
export type StepEnd = StepFinish | StepFailure | StepWait;
