import * as z from "zod";
import type { ResumeEntry, RunInput, SentMessage } from "../../../operations/ag-ui/run-input";
import { reason } from "../../../protocol/content";
import { LIMITS } from "../../../protocol/limits";
import { notValid } from "../errors";
import { type Asked, readCallId, readInterruptId } from "../shown/ids";
import { wordsIn } from "./words";

/** What a client says to a turn that waits: a person's word, or the result of a call of its own tool. */
export type Answer =
  | { kind: "word"; asked: Asked; approve: boolean; note?: string | undefined }
  | {
      kind: "output";
      turnId: string;
      toolCallId: string;
      given: { output: string } | { error: string };
    };

/** The turn that answers are for. */
export function turnOf(answer: Answer): string {
  return answer.kind === "word" ? answer.asked.turnId : answer.turnId;
}

const word = z.union([
  z.boolean().transform((approved) => ({ approved, note: undefined })),
  z.looseObject({ approved: z.boolean(), note: reason.optional() }),
]);

/** Each entry of `resume`. Throws `invalid_request` where one answers nothing. */
export function wordsOfResume(resume: readonly ResumeEntry[]): Answer[] {
  return resume.map(({ interruptId, status, payload }, i) => {
    const asked = readInterruptId(interruptId);
    if (!asked) {
      throw notValid({ path: `resume.${i}.interruptId`, message: "no interrupt of this service" });
    }
    if (status === "cancelled") return { kind: "word", asked, approve: false };
    const read = word.safeParse(payload);
    if (!read.success) {
      const message = 'answers {"approved": true} or false, and may have a text "note"';
      throw notValid({ path: `resume.${i}.payload`, message });
    }
    const { approved, note } = read.data;
    return { kind: "word", asked, approve: approved, note };
  });
}

const toolMessage = z.looseObject({
  toolCallId: z.string(),
  error: z.string().nullish(),
});

/** The results with which a conversation ends. Throws `invalid_request` for what is none of a call here. */
export function trailingResults({ messages }: RunInput): Answer[] {
  const first = messages.findLastIndex(({ role }) => role !== "tool") + 1;
  return messages.slice(first).map((message, i) => resultIn(message, `messages.${first + i}`));
}

/** The results of a turn's calls, wherever in a conversation they stand. */
export function resultsFor(turnId: string, messages: readonly SentMessage[]): Answer[] {
  return messages.flatMap((message, i) => {
    const { toolCallId = "" } = toolMessage.safeParse(message).data ?? {};
    const isIts = message.role === "tool" && readCallId(toolCallId)?.turnId === turnId;
    return isIts ? [resultIn(message, `messages.${i}`)] : [];
  });
}

function resultIn(message: SentMessage, path: string): Answer {
  const { toolCallId = "", error } = toolMessage.safeParse(message).data ?? {};
  const call = readCallId(toolCallId);
  if (!call) throw notValid({ path: `${path}.toolCallId`, message: "no call of this service" });
  const place = { kind: "output" as const, turnId: call.turnId, toolCallId: call.toolCallId };
  if (error) return { ...place, given: { error: error.slice(0, LIMITS.toolErrorUnits) } };
  return { ...place, given: { output: wordsIn(message, `${path}.content`) } };
}
