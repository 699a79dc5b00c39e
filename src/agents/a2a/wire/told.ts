import type { JsonValue } from "../../../protocol/json";
import type { OfferedFile } from "../../files/made-files";

/** The states of both versions, in the words of 0.3. */
export const STATES = [
  "submitted",
  "working",
  "completed",
  "failed",
  "canceled",
  "rejected",
  "input-required",
  "auth-required",
  "unknown",
] as const;
export type State = (typeof STATES)[number];

/** What parts hold, whichever version wrote them. */
export type Content = { text: string; data?: JsonValue; files: OfferedFile[] };
export type Artifact = Content & { id: string };

/** `words`: what the agent says of its state. */
export type Status = { state: State; words: string; percentComplete?: number };

/** What an agent tells, whichever version it speaks. */
export type Told =
  | { type: "task"; taskId: string; status: Status; artifacts: Artifact[] }
  | { type: "status"; taskId: string; status: Status }
  | { type: "artifact"; taskId: string; artifact: Artifact; isMore: boolean }
  /** An answer without a task. */
  | ({ type: "message" } & Content);
