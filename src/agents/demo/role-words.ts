type Words = { title: string; made: readonly string[] };

/** What a model would make in the roles of the teams that ship. */
const ROLES: Record<string, Words> = {
  research: {
    title: "Research: what there is to know",
    made: [
      "**Goal**: what you asked for, in one sentence, and how to tell that it is reached.",
      "**Known and assumed**: facts, limits and what others have done, each marked as what it is.",
      "**For the planner**: the three findings that matter most.",
    ],
  },
  planning: {
    title: "Plan: how it will be done",
    made: [
      "**Decisions**: one approach out of those that the research found, and why this one.",
      "**Steps**: each with what it makes, what it needs and how it is known to be done.",
      "**Risks**: what may go wrong, and what to do then.",
    ],
  },
  implementation: {
    title: "Implementation: the thing itself",
    made: [
      "**Files**: whole ones, each with its path, as the plan has them.",
      "**Deviations**: where the plan did not hold, and what was done instead.",
      "**Checks**: how you can see that each part works.",
    ],
  },
  story: {
    title: "Story: what is told",
    made: [
      "**Scene 1**: somebody arrives, and something is not as it should be.",
      "**Scene 2**: a choice, and what it costs.",
      "**Scene 3**: how it ends, in one way or the other.",
    ],
  },
  asset: {
    title: "Assets: what is seen and heard",
    made: [
      "**Style**: a palette, typefaces of the system, a mood.",
      "**Backgrounds and figures**: one of each for every scene, as text alone.",
      "**In words**: what each shows, for those who cannot see it.",
    ],
  },
  code: {
    title: "Code: the page that tells it",
    made: [
      "**index.html**: all in one file, without a request to anybody.",
      "**Scenes**: all of them to be reached by mouse, touch and keyboard.",
      "**Left out**: what the assets did not have.",
    ],
  },
  deploy: {
    title: "Publication: prepared, not done",
    made: [
      "**What would go out**: the page, and nothing besides.",
      "**Checks before**: size, links, and that it opens by itself.",
      "**Address**: none, since nothing has been published.",
    ],
  },
};

/** What the demo model answers in a role; nothing where it knows none of that name. */
export function roleText(role: string | undefined, quoted: string): string | undefined {
  const words = role === undefined || !Object.hasOwn(ROLES, role) ? undefined : ROLES[role];
  if (!words) return undefined;
  return `## ${words.title}

I am the **demo model** in the role of *${role}*. No language model is behind me, so nothing has been looked up, run or published. Asked for

${quoted}

a model would give you, and the step after it:

${words.made.map((line) => `- ${line}`).join("\n")}
`;
}
