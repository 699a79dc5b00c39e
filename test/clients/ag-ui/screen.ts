import { AbstractAgent, type BaseEvent, type Message, type RunAgentInput } from "@ag-ui/client";
import { from, type Observable } from "rxjs";
import * as z from "zod";
import type { AgUiEvent } from "../../../src/faces/ag-ui/event";
import { runStream } from "../../../src/faces/ag-ui/stream/run-stream";
import type { TurnItem } from "../../../src/faces/turn-view/item";

/** The real client with its verifier, fed with these events. */
class Fed extends AbstractAgent {
  readonly #events: readonly AgUiEvent[];

  constructor(events: readonly AgUiEvent[], messages: readonly object[] = []) {
    super({ initialMessages: messages as Message[] });
    this.#events = events;
  }

  override run(_input: RunAgentInput): Observable<BaseEvent> {
    return from(structuredClone(this.#events) as unknown as BaseEvent[]);
  }
}

const kept = z.looseObject({
  id: z.string(),
  role: z.string(),
  content: z.string().optional(),
  toolCalls: z.array(z.unknown()).optional(),
});
type Kept = z.infer<typeof kept>;

/** What the client has by these events: its messages, and its thoughts, which it can't take away whole. */
export async function hadBy(events: readonly AgUiEvent[], messages: readonly object[] = []) {
  const agent = new Fed(events, messages);
  await agent.runAgent();
  const all: Kept[] = agent.messages.map((one) => {
    const { content = "", toolCalls = [], ...rest } = kept.parse(one);
    return { ...rest, content, toolCalls };
  });
  return {
    has: agent.messages,
    messages: all.filter(({ role }) => role !== "reasoning"),
    thoughts: thoughtsIn(all),
  };
}

/** By the answer: to which of its rounds a thought belongs, a turn's view may tell otherwise later. */
function thoughtsIn(all: readonly Kept[]): Record<string, string> {
  const thoughts: Record<string, string> = {};
  const said = all.filter(({ role, content }) => role === "reasoning" && content !== "");
  for (const { id, content } of said.toSorted((a, b) => roundOf(a.id) - roundOf(b.id))) {
    const [answer = ""] = id.split(".");
    const before = thoughts[answer];
    thoughts[answer] = before === undefined ? (content ?? "") : `${before}\n\n${content}`;
  }
  return thoughts;
}

function roundOf(id: string): number {
  return Number(id.split(".")[1]);
}

/** What of it is shown. */
export async function shownBy(events: readonly AgUiEvent[], messages: readonly object[] = []) {
  const { messages: said, thoughts } = await hadBy(events, messages);
  return { messages: said, thoughts };
}

type Options = { messages?: readonly { id: string; role: string }[]; tellsAll?: boolean };

/** The events of a run that reads these items. */
export async function eventsOf(
  items: readonly TurnItem[],
  turnId: string,
  { messages = [], tellsAll = false }: Options = {},
): Promise<AgUiEvent[]> {
  const around = { messages, results: new Map<string, string>() };
  const ids = { threadId: "thread", runId: "run", turnId, origin: "https://rooms.test" };
  const run = { ...ids, around, has: messages, tellsAll, isBefore1: false };
  const events: AgUiEvent[] = [];
  for await (const some of runStream(each(items), run)) events.push(...some);
  // The verifier wants an end; what a client shows in mid-run is what it shows then.
  const isOver = /^RUN_(FINISHED|ERROR)$/.test(events.at(-1)?.type ?? "");
  return isOver ? events : [...events, ...closing(events)];
}

async function* each(items: readonly TurnItem[]): AsyncGenerator<TurnItem> {
  yield* items;
}

/** What ends all that these events leave open. */
function closing(events: readonly AgUiEvent[]): AgUiEvent[] {
  let words: AgUiEvent[] = [];
  let step: AgUiEvent[] = [];
  for (const event of events) {
    if (event.type === "TEXT_MESSAGE_START") {
      words = [{ type: "TEXT_MESSAGE_END", messageId: event.messageId }];
    } else if (event.type === "REASONING_START") {
      const { messageId } = event;
      words = [
        { type: "REASONING_MESSAGE_END", messageId },
        { type: "REASONING_END", messageId },
      ];
    } else if (event.type === "TEXT_MESSAGE_END" || event.type === "REASONING_END") words = [];
    else if (event.type === "STEP_STARTED") {
      step = [{ type: "STEP_FINISHED", stepName: event.stepName }];
    } else if (event.type === "STEP_FINISHED") step = [];
  }
  const end = { threadId: "thread", runId: "run", outcome: { type: "success" as const } };
  return [...words, ...step, { type: "RUN_FINISHED", ...end }];
}
