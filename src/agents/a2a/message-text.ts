import { LIMITS } from "../../protocol/limits";
import type { ContextMessage, StepRequest } from "../../resources/step";
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
export function messageText({ input, prompt, context }: StepRequest): MessageText {
  const asked = prompt === undefined || prompt === input ? [] : [prompt];
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

function spoken({ role, phase, content, uses = [] }: ContextMessage): string {
  const text = [...uses.map(inWords), content].join(BETWEEN).trim();
  if (text === "") return "";
  return `${phase === undefined ? SPEAKERS[role] : `Result of ${phase}`}: ${text}`;
}
