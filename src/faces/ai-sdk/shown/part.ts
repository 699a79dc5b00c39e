import type { JsonValue } from "../../../protocol/json";
import type { ShownFile } from "../../files/shown-file";

/** A text, or a reasoning, of one round of a message. */
export type WordsPart = {
  kind: "text" | "reasoning";
  messageId: string;
  round: number;
  /** Where it begins in the message's text, or thinking; UTF-16 units. */
  offset: number;
  text: string;
  /** Nothing is added any more. */
  isDone: boolean;
  /** The room has committed it: a failure of the attempt leaves it. */
  isKept: boolean;
  /** The attempt that cut it short; 0 where none has. */
  cutBy: number;
};

/** How far a call is; the last four are its end. */
export type ToolState =
  | "input-available"
  | "approval-requested"
  | "approval-responded"
  | "output-available"
  | "output-error"
  | "output-denied";

/** A call of a tool, or a question to a person that is put as one. */
export type ToolPart = {
  kind: "tool";
  /** Absent of a question, which belongs to the turn. */
  messageId?: string;
  round: number;
  index: number;
  /** Unique in the turn, as a provider's ids are not. */
  toolCallId: string;
  name: string;
  input: JsonValue;
  state: ToolState;
  /** The client is to make it, and has not. */
  isClients: boolean;
  approval?: { id: string; approved?: boolean; reason?: string };
  output?: JsonValue;
  errorText?: string;
};

/** Guidance that the turn was given. */
export type SteeringPart = { kind: "steering"; id: string; text: string };

/** A file that a message came with; it is told once the message is kept. */
export type FilePart = { kind: "file"; messageId: string; file: ShownFile };

/** A part of the one message that the client shows of a turn; never changed, only replaced. */
export type ShownPart = WordsPart | ToolPart | SteeringPart | FilePart;

/** How far each state is: a part never goes back. */
export const STATE_RANK: Record<ToolState, number> = {
  "input-available": 0,
  "approval-requested": 1,
  "approval-responded": 2,
  "output-available": 3,
  "output-error": 3,
  "output-denied": 3,
};
