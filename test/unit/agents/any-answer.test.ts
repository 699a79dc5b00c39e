import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Conversation } from "../../../src/agents/model/conversation";
import { modelMaker } from "../../../src/agents/model/provider";
import type { Tool, ToolBox } from "../../../src/agents/tools/tool-box";
import { Voice } from "../../../src/agents/voice";
import type { StepEnd } from "../../../src/resources/step";
import { NO_FILES } from "../../../src/resources/step-files";
import type { Heard } from "../../support/scripted-model";
import { joined as heardAs, listening, modelAt, settingsFor, stepFor } from "./step";
import { bodyOf, type End } from "./wire/answer";
import {
  books,
  type Content,
  content,
  cost,
  cuts,
  ends,
  event,
  eventsOf,
  framed,
  joined,
  piecesOf,
  usageEvent,
} from "./wire/any-content";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const isCall = ({ kind }: Content) => kind === "call";
const hasWords = (said: Content[]) => joined(said, "text").trim() !== "";

/** One answer on the wire: what it says, how its books are kept, how it is cut and how it hangs up. */
const answer = (what: fc.Arbitrary<Content[]>) =>
  fc.record({ said: what, kept: books, last: ends, told: cost, sizes: cuts });
type Answer = ReturnType<typeof answer> extends fc.Arbitrary<infer T> ? T : never;

const round = answer(content.filter((said) => said.some(isCall)));
const final = answer(content.filter((said) => !said.some(isCall) && hasWords(said)));
/** Rounds in which tools are called, and the answer at last. */
const talk = fc
  .tuple(fc.array(round, { maxLength: 3 }), final)
  .map(([rounds, answered]): Answer[] => [
    // A limit of tokens that cuts calls in two is another matter.
    ...rounds.map(({ last, ...one }) => ({ ...one, last: { ...last, reason: callsReason(last) } })),
    answered,
  ]);

function callsReason({ reason }: Answer["last"]): Answer["last"]["reason"] {
  return reason === "length" ? "tool_calls" : reason;
}

function streamOf({ said, kept, last, told }: Answer, isCut: boolean): string {
  const text = said.map((piece, n) => eventsOf(piece, n, kept)).join("");
  if (isCut) return framed(text + usageEvent(told), kept);
  const finish = last.reason === undefined ? "" : event(kept, {}, last.reason);
  const done = last.hasDone || last.reason === undefined ? "data: [DONE]\n\n" : "";
  return framed(text + finish + usageEvent(told) + done + last.behind, kept);
}

type Made = { name: string; input: unknown };
type Outcome = { heard: Heard[]; end: StepEnd; made: Made[]; paid: number };

const empty = { type: "object" as const, properties: {} };
const tools = ["get", "set"].map((name): Tool => {
  const server = { name: "desk", tool: name, rules: {} };
  return { name, inputSchema: empty, annotations: {}, server };
});

/** Has the model agent talk with a server that gives these answers, the `cutAt`-th without an end. */
async function talkThrough(answers: Answer[], cutAt: number, cutEnd: End): Promise<Outcome> {
  const made: Made[] = [];
  const heard: Heard[] = [];
  let paid = 0;
  vi.stubGlobal("fetch", async () => {
    const n = paid++;
    const one = answers[n];
    if (!one) throw new Error("more calls than there are answers");
    const isCut = n === cutAt;
    const pieces = piecesOf(streamOf(one, isCut), one.sizes);
    const { body } = bodyOf(pieces, isCut ? cutEnd : one.last.end);
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const box: ToolBox = {
    tools,
    tokens: 0,
    call: async (name, input) => {
      made.push({ name, input });
      return { output: "ok" };
    },
    leaveOut: () => undefined,
    close: () => undefined,
  };
  const request = stepFor(modelAt("http://127.0.0.1:1/v1"));
  const settings = settingsFor("http://127.0.0.1:1/v1");
  const maker = await modelMaker(request.config.model, { settings, step: request });
  if (!maker.ok) throw new Error(maker.failure.message);
  const { signal } = new AbortController();
  const voice = new Voice(listening(heard), signal);
  const call = { modelFor: maker.value, limits: { firstByteMs: 1e9, stallMs: 1e9 } };
  const talking = new Conversation({
    request,
    voice,
    signal,
    tools: box,
    call,
    parameters: {},
    files: NO_FILES,
    allowPrivate: true,
  }).end();
  let isOver = false;
  void talking.finally(() => {
    isOver = true;
  });
  // As long as usage is waited for, once for each answer at most.
  for (let n = 0; !isOver && n <= answers.length; n++) await vi.advanceTimersByTimeAsync(500);
  const end = await talking;
  voice.end();
  return { heard, end, made, paid };
}

/** Texts of several answers are paragraphs of one message. */
function paragraphs(answers: Answer[]): string {
  return answers.reduce((all, { said }) => {
    const text = joined(said, "text");
    return all + (text !== "" && /\S/.test(all) ? "\n\n" : "") + text;
  }, "");
}

function callsIn(answers: Answer[]): Made[] {
  return answers.flatMap(({ said }) =>
    said.flatMap((piece) =>
      piece.kind === "call" ? [{ name: piece.name, input: piece.input }] : [],
    ),
  );
}

function tokensOf(answers: Answer[]): number {
  return answers.reduce((sum, { told }) => sum + (told ? told.input + told.output : 0), 0);
}

function paidTokens({ heard, end }: Outcome): number {
  const costs = [...heard, end].flatMap((one) => ("usage" in one && one.usage ? [one.usage] : []));
  return costs.reduce((sum, { totalTokens = 0 }) => sum + totalTokens, 0);
}

it("[A7] what is said, called and paid is the content's, however books are kept, cut and hung up", async () => {
  await fc.assert(
    fc.asyncProperty(talk, async (answers) => {
      const outcome = await talkThrough(answers, -1, "closes");
      const { heard, end, made, paid } = outcome;
      expect(end).toMatchObject({ type: "finish" });
      expect(heardAs(heard, "text")).toBe(paragraphs(answers));
      const thinking = answers.map(({ said }) => joined(said, "thinking")).join("");
      expect(heardAs(heard, "thinking")).toBe(thinking);
      expect(made).toEqual(callsIn(answers));
      expect(paid).toBe(answers.length);
      expect(paidTokens(outcome)).toBe(tokensOf(answers));
    }),
    { numRuns: 300 },
  );
});

it("[A7] an answer that is cut off ends the attempt: no call of it is made, and none is paid after it", async () => {
  const end = fc.constantFrom("closes" as const, "breaks" as const);
  await fc.assert(
    fc.asyncProperty(talk, fc.nat(3), end, async (answers, at, cutEnd) => {
      const cutAt = at % answers.length;
      const until = answers.slice(0, cutAt + 1);
      const outcome = await talkThrough(answers, cutAt, cutEnd);
      const { heard, end: last, made, paid } = outcome;
      expect(last).toMatchObject({ type: "failure", retryable: true });
      expect(heardAs(heard, "text")).toBe(paragraphs(until));
      expect(made).toEqual(callsIn(answers.slice(0, cutAt)));
      expect(paid).toBe(cutAt + 1);
      expect(paidTokens(outcome)).toBe(tokensOf(until));
    }),
    { numRuns: 200 },
  );
});
