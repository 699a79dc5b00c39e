import type { Attachment } from "../../protocol/files/attachment";
import { namedFile } from "../files/file-words";
import { roleText } from "./role-words";

const LONG_WORDS = 2000;
const MOST_WORDS = 20_000;
/** Words of one paragraph of a `/long` answer. */
const PARAGRAPH_WORDS = 60;
/** Characters of a question that are quoted back. */
const QUOTED = 400;

export type DemoScript = {
  thinking: string;
  text: string;
  /** Milliseconds between two deltas. */
  pauseMs: number;
  /** Whether a picture comes with the text. */
  picture: boolean;
  ending: "answer" | "unavailable" | "rejected" | "silence";
};

/** Whom the model speaks as, and what came with the message. */
type Situation = { role?: string | undefined; attachments?: readonly Attachment[] };

/**
 * What the demo model says to `message`, the user's last, and to the files that came with it, each role of
 * the shipped teams its own. Words of it that are directives:
 *
 * - `/slow`, `/fast`: 300 ms, or nothing, between two deltas (else 25 ms)
 * - `/long`, `/long N`: an answer of N words (2,000; at most 20,000)
 * - `/think`: reasons at length before it answers
 * - `/picture`: a picture comes with the answer
 * - `/fail`: the provider is unavailable, at every attempt; `/fail-once`: at the first
 * - `/reject`: the provider rejects the request for good
 * - `/hang`: never a word, until it is stopped
 * - `/echo TEXT`: answers exactly TEXT, all that follows; what TEXT contains directs nothing
 */
export function demoScript(
  message: string,
  attempt: number,
  { role, attachments = [] }: Situation = {},
): DemoScript {
  const echo = /(?:^|\s)\/echo(?:\s([\s\S]*))?$/.exec(message);
  const directing = echo ? message.slice(0, echo.index) : message;
  const has = (word: string) => new RegExp(`(?:^|\\s)/${word}(?!\\S)`).test(directing);
  const long = /(?:^|\s)\/long(?:\s+(\d{1,9}))?(?!\S)/.exec(directing);
  return {
    thinking: echo ? "" : thinking(has("think")),
    text: echo
      ? (echo[1] ?? "")
      : long
        ? longText(long[1])
        : answerText(directing, role, attachments),
    picture: has("picture"),
    pauseMs: has("fast") ? 0 : has("slow") ? 300 : 25,
    ending: ending(has, attempt),
  };
}

function ending(has: (word: string) => boolean, attempt: number): DemoScript["ending"] {
  if (has("fail") || (has("fail-once") && attempt === 1)) return "unavailable";
  if (has("reject")) return "rejected";
  return has("hang") ? "silence" : "answer";
}

function thinking(long: boolean): string {
  const short = "I am the demo model, so there is nothing to look up. I will say so and be brief.";
  if (!long) return short;
  const steps = [
    "First, what is being asked? I cannot tell: I do not understand a word.",
    "Second, what do I know about it? Nothing, there is no language model behind me.",
    "Third, what would help? To show how reasoning looks while it streams.",
    "A real model would now weigh alternatives, check a fact or two, and change its mind once.",
  ];
  return [short, ...steps, ...steps, "That is enough thinking for a demonstration."].join("\n\n");
}

function answerText(
  message: string,
  role: string | undefined,
  attachments: readonly Attachment[],
): string {
  const question = [...message.trim()];
  const cut = question.length > QUOTED ? `${question.slice(0, QUOTED).join("")}…` : message.trim();
  const quoted = cut.replaceAll(/^/gm, "> ");
  const inRole = roleText(role, quoted);
  if (inRole !== undefined) return inRole + attached(attachments);
  return `## Hello from the demo model 👋

I am the **demo model** that is built into Taskroom. No language model is behind me, so I answer nothing for real, and I do nothing either: nothing has been looked up, run or published. You wrote:

${quoted}
${attached(attachments)}
What you have just seen is real all the same:

- your message was stored before anybody heard of it,
- this answer streams to every device in the room,
- *stop* ends it at once, and a reload goes on where you were.

To talk to a model that can answer, name any OpenAI-compatible address:

\`\`\`toml
DEFAULT_MODEL_BASE_URL = "http://localhost:11434/v1"
DEFAULT_MODEL = "llama3.2"
\`\`\`

Until then, try \`/long\`, \`/slow\`, \`/think\`, \`/picture\` or \`/fail-once\` in a message.
`;
}

function attached(files: readonly Attachment[]): string {
  return files.length === 0 ? "" : `\nYou attached ${files.map(namedFile).join(", ")}.\n`;
}

const FILLER =
  "This is the demo model speaking at length and saying nothing in particular so that you can watch a long answer stream scroll and be stopped".split(
    " ",
  );

function longText(count: string | undefined): string {
  const words = Math.min(Number(count ?? LONG_WORDS), MOST_WORDS);
  let text = "";
  for (let i = 0; i < words; i++) {
    const gap = i % PARAGRAPH_WORDS === 0 ? "\n\n" : " ";
    text += `${i === 0 ? "" : gap}${FILLER[i % FILLER.length]}`;
  }
  return text;
}
