export type Example = { text: string; prompt: string; team?: string };

/** One click each, from nothing to an answer that streams. */
export const EXAMPLES: readonly Example[] = [
  { text: "Say hello", prompt: "Say hello, and tell me what this room can do." },
  { text: "A long answer, with thinking", prompt: "/think /long 400 Tell me about rooms." },
  {
    text: "A pipeline: research, plan, implement",
    prompt: "A small page that greets its visitors by name.",
    team: "system/research-plan-implement",
  },
];
