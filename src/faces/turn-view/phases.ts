import type { AnswerMetadata, Message } from "../../protocol/message";
import type { Turn } from "../../protocol/turn";
import type { ItemOf } from "./item";
import type { Speaker } from "./speech";

type Status = ItemOf<"phase">["status"];

/** What each event of a phase says of it. */
export const PHASES = {
  "phase:start": "running",
  "phase:done": "done",
  "phase:error": "failed",
  "phase:retry": "retrying",
  "phase:waiting": "waiting",
  "phase:skipped": "skipped",
} as const satisfies Record<string, Status>;

type Told = {
  step: string;
  phase: string;
  percentComplete?: number | undefined;
  message?: string | undefined;
};

export function phaseItem(told: Told, status: Status, seq: number): ItemOf<"phase"> {
  const { step, phase, percentComplete, message } = told;
  return { type: "phase", step, phase, status, percentComplete, message, seq };
}

/** Who speaks in a message that is kept, as far as it tells. */
export function speakerOf({ steps }: Turn, { id, bot = "", metadata }: Message): Speaker {
  const { attempt = 1, model = "" }: AnswerMetadata = metadata;
  const step = steps.find(({ messageId }) => messageId === id)?.step ?? "";
  return { messageId: id, attempt, step, bot, model, reason: "first" };
}
