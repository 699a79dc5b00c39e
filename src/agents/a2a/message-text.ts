import type { Attachment } from "../../protocol/files/attachment";
import { LIMITS } from "../../protocol/limits";
import type { ContextMessage, StepRequest } from "../../resources/step";
import { fileLine } from "../files/file-words";
import { inWords } from "../model/context";

export type MessageText = {
  text: string;
  /** How many messages of the context did not fit. */
  left: number;
};

const BETWEEN = "\n\n";
const BEFORE = "What was said before:";
const NOW = "Now:";
const SPEAKERS = { user: "User", assistant: "Assistant", system: "Note" } as const;

/**
 * What an agent is asked, as the one text of its message: the member's own instruction, what was said
 * before, and the input. It is the same for all attempts of a run, as an agent that gets it twice compares
 * it. Of what was said before, the newest that fits a message of Taskroom's own.
 */
export function messageText(request: StepRequest): MessageText {
  const { prompt, context, attachments } = request;
  const input = withFiles(request.input, attachments);
  const asked = prompt === undefined || prompt === request.input ? [] : [prompt];
  const said = context.map(spoken).filter((line) => line !== "");
  const room = LIMITS.contentUnits - [...asked, BEFORE, NOW, input].join(BETWEEN).length;
  const kept = newest(said, room);
  const before = kept.length === 0 ? [] : [BEFORE, ...kept, NOW];
  return { text: [...asked, ...before, input].join(BETWEEN), left: said.length - kept.length };
}

/** As many from the end as fit. */
function newest(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  let from = lines.length;
  for (; from > 0; from--) {
    left -= (lines[from - 1] ?? "").length + BETWEEN.length;
    if (left < 0) break;
  }
  return lines.slice(from);
}

function spoken({ role, phase, content, uses = [], attachments }: ContextMessage): string {
  const text = withFiles([...uses.map(inWords), content].join(BETWEEN), attachments).trim();
  if (text === "") return "";
  return `${phase === undefined ? SPEAKERS[role] : `Result of ${phase}`}: ${text}`;
}

/** Files are not passed on; each is named. */
function withFiles(text: string, files: readonly Attachment[] = []): string {
  const lines = files.map((file) => fileLine(file, "is not passed on"));
  return [...(text === "" ? [] : [text]), ...lines].join(BETWEEN);
}
