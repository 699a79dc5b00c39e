import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Conversation } from "../../../src/agents/model/conversation";
import type { CallOptions, Tool, ToolBox, ToolOutcome } from "../../../src/agents/tools/tool-box";
import { Voice } from "../../../src/agents/voice";
import { isWaiting } from "../../../src/engine/fold/rounds-fold";
import { failStep } from "../../../src/engine/step/fail";
import type { Fence } from "../../../src/engine/step/fence";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall, takeOutput } from "../../../src/engine/step/tool-answers";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import { activeTurn } from "../../../src/engine/turn/room";
import { textOf, thinkingOf } from "../../../src/protocol/tools/rounds";
import { usesIn } from "../../../src/protocol/tools/tool-use";
import type { StepEnd } from "../../../src/resources/step";
import { NO_FILES } from "../../../src/resources/step-files";
import { agent, OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

/** `look` may be called twice, `pay` may not, `sign` is asked for, `open` is the client's. */
type Use = "look" | "pay" | "sign" | "open";
/** What happens next: somebody who waits goes on, or fate, or a person, acts. */
type Move =
  | { do: "go on"; pick: number }
  | { do: "answer"; pick: number; approve: boolean }
  | { do: "kill" }
  | { do: "stop" }
  | { do: "fail" }
  | { do: "replan" };

const TOOLS: Use[] = ["look", "pay", "sign"];
/** Whose own agent fails whatever it has gone on from, so that a model takes over. */
const TAKEN_OVER = solo({
  agent: agent("remote", "http"),
  onFailure: { fallback: agent("understudy") },
});

const CLIENT_TOOL: Tool = { name: "open", inputSchema: {}, annotations: {} };

function toolOf(name: string): Tool {
  const approval = { tools: ["sign"] };
  return {
    name,
    inputSchema: {},
    annotations: { readOnlyHint: name === "look" },
    server: { name: "desk", tool: name, rules: { approval } },
  };
}

const USAGE = {
  inputTokens: { total: 1, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: undefined, reasoning: undefined },
};

/** A turn whose model asks for tools as a script says, with every place at which it may die. */
class Play {
  readonly world = new World(solo());
  readonly turnId: string;
  /** How often the server was asked for each call of a round, and under which keys. */
  readonly asked = new Map<string, { tool: string; times: number; keys: Set<string> }>();
  /** Calls that a person has said no to. */
  readonly refused = new Set<string>();
  readonly #script: Use[][];
  #gates: (() => void)[] = [];
  #begun = 0;
  #life = 0;
  #fails = false;

  constructor(script: Use[][]) {
    this.#script = script;
    this.turnId = this.world.send();
  }

  get #isOver(): boolean {
    return this.world.room.state.openTurns.length === 0;
  }

  get isDone(): boolean {
    return this.#isOver && this.world.closed.get(this.turnId)?.turn.status === "COMPLETED";
  }

  /** A person tries again first what was stopped, or has failed. */
  async move(move: Move): Promise<void> {
    if (this.#isOver) this.#retry();
    this.#begin();
    if (move.do === "kill") this.#kill();
    else if (move.do === "stop") this.#stop();
    else if (move.do === "fail") this.#fails = true;
    else if (move.do === "replan") this.#replan();
    else if (move.do === "go on") this.#gates.splice(move.pick % this.#gates.length, 1)[0]?.();
    else this.#answer(move.pick, move.approve);
    await settled();
  }

  /** Lets it go on until nothing is left to be done; a turn that failed is tried again. */
  async finish(): Promise<void> {
    for (let moves = 0; moves < 2000; moves++) {
      this.#begin();
      await settled();
      if (this.isDone) return;
      if (this.#isOver) this.#retry();
      else if (this.#gates.length > 0) await this.move({ do: "go on", pick: 0 });
      else if (this.#waiting.length > 0) await this.move({ do: "answer", pick: 0, approve: true });
      else this.world.waitForAlarm();
    }
    throw new Error("it never ends");
  }

  get #waiting() {
    return this.world.room.state.streams.flatMap(({ rounds = [] }) =>
      rounds.flatMap(({ round, calls }) =>
        calls.filter(isWaiting).map((call) => ({ round, call })),
      ),
    );
  }

  /** Has every attempt that was started carried out. */
  #begin(): void {
    while (this.#begun < this.world.attempts.length) {
      const fence = this.world.attempts[this.#begun++];
      if (fence && this.#begun === this.world.attempts.length) void this.#attempt(fence);
    }
  }

  async #attempt(fence: Fence): Promise<void> {
    const life = ++this.#life;
    const request = this.world.request([], fence);
    if (!request) return;
    const pass = () => this.#pass(life);
    if (request.config.runtime.runtime === "http") {
      await this.#failAfterAWhile(fence, pass);
      return;
    }
    const said = { text: textOf(request.rounds), thinking: thinkingOf(request.rounds) };
    const { signal } = new AbortController();
    const hearing = {
      say: (kind: "text" | "thinking", delta: string) => this.world.write(delta, fence, kind),
      report: () => undefined,
      record: async (records: Parameters<World["record"]>[0]) => {
        await pass();
        this.world.record(records, fence);
        await pass();
      },
    };
    const conversation = new Conversation({
      request,
      voice: new Voice(hearing, signal, said),
      signal,
      tools: this.#toolBox(pass),
      call: { modelFor: () => this.#model(pass), limits: { firstByteMs: 1e9, stallMs: 1e9 } },
      parameters: {},
      files: NO_FILES,
      allowPrivate: true,
    });
    const end = await conversation.end();
    await pass();
    this.#end(fence, end);
  }

  /** An agent of its own says where it can go on, and never comes to its end. */
  async #failAfterAWhile(fence: Fence, pass: () => Promise<void>): Promise<void> {
    await pass();
    this.world.write(" And further.", fence);
    await pass();
    this.world.record([{ type: "resumable", memo: fence.attempt }], fence);
    await pass();
    this.world.fail("model_unavailable", fence);
  }

  #replan(): void {
    this.world.plan = this.world.plan === TAKEN_OVER ? solo() : TAKEN_OVER;
  }

  #end(fence: Fence, end: StepEnd): void {
    if (end.type === "finish") this.world.finish("", fence);
    else if (end.type === "wait") this.world.act((draft) => waitInStep(draft, fence));
    else this.world.act((draft) => failStep(draft, fence, end));
  }

  /** Waits until it is let go on; never where it has died meanwhile. */
  #pass(life: number): Promise<void> {
    return new Promise((resolve) => {
      if (life === this.#life) this.#gates.push(resolve);
    });
  }

  #die(): void {
    this.#life++;
    this.#gates = [];
  }

  #kill(): void {
    this.#die();
    this.world.crash();
  }

  #stop(): void {
    this.#die();
    this.world.act((draft) => cancelTurn(draft, { by: OWNER }));
  }

  #retry(): void {
    this.#die();
    const record = this.world.closed.get(this.turnId);
    if (record) this.world.act((draft) => retryTurn(draft, record));
  }

  #answer(pick: number, approve: boolean): void {
    const all = this.#waiting;
    const waiting = all[pick % Math.max(1, all.length)];
    if (!waiting) return;
    const { round, call } = waiting;
    const { toolCallId, index } = call;
    const named = { turnId: this.turnId, toolCallId, round, index, by: OWNER };
    if (!call.where && !approve) this.refused.add(`${round}:${index}`);
    this.world.act((draft) =>
      call.where
        ? takeOutput(draft, { ...named, isOwner: true, output: "seen" })
        : decideCall(draft, { ...named, approve }),
    );
  }

  #toolBox(pass: () => Promise<void>): ToolBox {
    return {
      tools: [...TOOLS.map(toolOf), CLIENT_TOOL],
      tokens: 0,
      call: (name, _, options) => this.#serve(name, options, pass),
      leaveOut: () => undefined,
      close: () => undefined,
    };
  }

  async #serve(
    tool: string,
    { key: idempotencyKey }: CallOptions,
    pass: () => Promise<void>,
  ): Promise<ToolOutcome> {
    await pass();
    const place = idempotencyKey.split(":").slice(-2).join(":");
    const known = this.asked.get(place) ?? { tool, times: 0, keys: new Set() };
    known.keys.add(idempotencyKey);
    this.asked.set(place, { ...known, times: known.times + 1 });
    await pass();
    return { output: `${tool} done` };
  }

  #model(pass: () => Promise<void>): LanguageModelV4 {
    return {
      specificationVersion: "v4",
      provider: "test",
      modelId: "test",
      supportedUrls: {},
      doGenerate: () => Promise.reject(new Error("streams only")),
      doStream: async (options) => {
        await pass();
        checkPairs(options);
        if (this.#fails) {
          this.#fails = false;
          throw new Error("the provider is away");
        }
        return { stream: streamOf(this.#said(options)) };
      },
    };
  }

  #said({ prompt }: LanguageModelV4CallOptions): LanguageModelV4StreamPart[] {
    const round = prompt.filter(({ role }) => role === "tool").length;
    const tools = this.#script[round] ?? [];
    const calls = tools.map((toolName, index) => ({
      type: "tool-call" as const,
      // Ids repeat in every round, as some providers' do.
      toolCallId: `call_${index}`,
      toolName,
      input: "{}",
    }));
    const unified = calls.length > 0 ? ("tool-calls" as const) : ("stop" as const);
    return [
      { type: "text-start" as const, id: "1" },
      { type: "text-delta" as const, id: "1", delta: `round ${round}` },
      { type: "text-end" as const, id: "1" },
      ...calls,
      { type: "finish" as const, usage: USAGE, finishReason: { unified, raw: unified } },
    ];
  }
}

function streamOf(parts: LanguageModelV4StreamPart[]): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

/** What a model is asked has each call once, and right behind it its one result. */
function checkPairs({ prompt }: LanguageModelV4CallOptions): void {
  const idsIn = (at: number, type: "tool-call" | "tool-result") => {
    const content = prompt[at]?.content;
    if (!Array.isArray(content)) return [];
    return content.flatMap((part) => (part.type === type ? [part.toolCallId] : []));
  };
  for (const at of prompt.keys()) {
    const calls = idsIn(at, "tool-call");
    expect(new Set(calls).size).toBe(calls.length);
    if (calls.length > 0) expect(idsIn(at + 1, "tool-result")).toEqual(calls);
  }
}

/** Everything that can go on by itself has gone on. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

const tool = fc.constantFrom<Use>("look", "pay", "sign", "open");
const pick = fc.nat({ max: 5 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: pick.map((n): Move => ({ do: "go on", pick: n })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick, fc.boolean())
      .map(([n, approve]): Move => ({ do: "answer", pick: n, approve })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Move>(
      ...(["kill", "stop", "fail", "replan"] as const).map((what) => ({ do: what })),
    ),
  },
);

it("[E1] a call is made once, whatever dies, stops, fails and is tried again; twice only where that is harmless", async () => {
  const rounds = fc.array(fc.array(tool, { minLength: 1, maxLength: 3 }), { maxLength: 4 });
  const rule = fc.asyncProperty(
    rounds,
    fc.array(move, { maxLength: 60 }),
    async (script, moves) => {
      const play = new Play(script);
      for (const one of moves) {
        if (play.isDone) break;
        await play.move(one);
      }
      await play.finish();
      for (const { tool: name, times } of play.asked.values()) {
        if (name !== "look") expect(times).toBe(1);
      }
      const uses = script.flat().length;
      const message = play.world.room.state.messages.findLast(({ role }) => role === "assistant");
      const { tools = [] } = Object(message?.metadata);
      expect(tools).toHaveLength(uses);
      expect(tools.every((use: object) => "output" in use || "error" in use)).toBe(true);
      const marked = usesIn(message?.metadata).filter(({ refused }) => refused);
      expect(new Set(marked.map(({ round, index }) => `${round}:${index}`))).toEqual(play.refused);
      expect(message?.content).toBe(
        [...script.keys(), script.length].map((n) => `round ${n}`).join("\n\n"),
      );
      expect(activeTurn(play.world.room)).toBeUndefined();
    },
  );
  await fc.assert(rule, { numRuns: 150 });
});
