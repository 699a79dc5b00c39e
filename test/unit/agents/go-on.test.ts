import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MadeFiles } from "../../../src/agents/files/made-files";
import { AgentAnswer } from "../../../src/agents/remote/agent-answer";
import type { AgentEvent } from "../../../src/agents/remote/agent-event";
import { ResumableAnswer } from "../../../src/agents/remote/resumable-answer";
import { resumeOf } from "../../../src/agents/remote/resume";
import { SentFiles } from "../../../src/agents/remote/sent-files";
import { type Hearing, NotHeard, Voice } from "../../../src/agents/voice";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { Fence } from "../../../src/engine/step/fence";
import { cancelTurn, retryTurn } from "../../../src/engine/task/people";
import type { LogEvent, RoomEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import { textOf, thinkingOf } from "../../../src/protocol/tools/rounds";
import { NO_FILES } from "../../../src/resources/step-files";
import { agent, OWNER, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

/** One thing that the agent does, after so many milliseconds. */
type Deed = { do: "say"; text: string; afterMs: number } | { do: "mark"; afterMs: number };
type How = "kill" | "fail" | "stop" | "killed before a commit" | "killed after a commit";
/** An attempt's end before its time, after so many of its deeds. */
type End = { after: number; how: How };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An agent that says where it is, goes on from there, and dies in every way. */
class Play {
  readonly world = new World(solo({ agent: agent("remote", "http") }));
  readonly turnId: string;
  readonly keys = new Set<string | undefined>();
  commits = 0;
  readonly #deeds: Deed[];
  #dies: "before" | "after" | undefined;
  #isDead = false;

  constructor(deeds: Deed[]) {
    this.#deeds = deeds;
    this.turnId = this.world.send();
  }

  /** All that the agent has to say, or had said before one of its deeds. */
  said(until = this.#deeds.length): string {
    const before = this.#deeds.slice(0, until);
    return before.map((deed) => (deed.do === "say" ? deed.text : "")).join("");
  }

  get isDone(): boolean {
    return this.world.closed.get(this.turnId)?.turn.status === "COMPLETED";
  }

  /** One attempt, to its end or the one that is given; then whatever follows it. */
  async attempt(end: End | undefined): Promise<void> {
    const fence = this.world.attempt;
    const over = new AbortController();
    const { from, agent: spoken } = this.#called(fence, over.signal);
    this.#isDead = false;
    this.#dies = undefined;
    for (const [at, deed] of this.#deeds.entries()) {
      if (at < from) continue;
      if (end && at >= from + end.after) {
        if (end.how === "killed before a commit") this.#dies ??= "before";
        else if (end.how === "killed after a commit") this.#dies ??= "after";
        else break;
      }
      await vi.advanceTimersByTimeAsync(deed.afterMs);
      await spoken.take(eventOf(deed, at)).catch(nobodyHears);
      if (this.#isDead) break;
    }
    if (end?.how === "fail" && !this.#isDead) await spoken.settle();
    else if (!end && !this.#isDead) {
      const output = this.said() === "" ? "" : undefined;
      await spoken.take({ type: "result", output, usage: undefined });
    }
    over.abort();
    spoken.close();
    this.#follow(fence, end);
  }

  #follow(fence: Fence, end: End | undefined): void {
    if (!end) this.world.finish("", fence);
    else if (end.how === "fail") this.world.fail("agent_unavailable", fence);
    else if (end.how === "stop") this.world.act((draft) => cancelTurn(draft, { by: OWNER }));
    else this.world.crash();
    while (!this.isDone && this.world.attempt === fence) this.#again();
  }

  #again(): void {
    const closed = this.world.closed.get(this.turnId);
    const isOpen = this.world.room.state.openTurns.length > 0;
    if (isOpen) this.world.waitForAlarm();
    else if (closed) this.world.act((draft) => retryTurn(draft, closed));
  }

  /** What the agent is called with; what it goes on from is what it had said, and no more. */
  #called(fence: Fence, signal: AbortSignal) {
    const request = this.world.request([], fence);
    if (!request) throw new Error("there is no request");
    const said = { text: textOf(request.rounds), thinking: thinkingOf(request.rounds) };
    const voice = new Voice(this.#hearing(fence), signal, said);
    const answer = new AgentAnswer(request.config.bot, voice);
    const resume = resumeOf(request);
    const from = typeof resume?.state === "number" ? resume.state : 0;
    expect(resume?.text ?? "").toBe(this.said(from));
    if (resume) {
      answer.goOn(resume);
      this.keys.add(resume.key);
    }
    const key = resume?.key ?? request.idempotencyKey;
    const parts = { request, voice, signal, files: NO_FILES, allowPrivate: true };
    const files = new SentFiles(new MadeFiles(parts), voice);
    return { from, agent: new ResumableAnswer({ answer, voice, files, key }) };
  }

  #hearing(fence: Fence): Hearing {
    return {
      say: (kind, delta) => this.world.write(delta, fence, kind),
      report: () => undefined,
      record: async (records) => {
        this.#isDead ||= this.#dies === "before";
        if (this.#isDead) throw new NotHeard();
        this.world.record(records, fence);
        this.commits++;
        this.#isDead ||= this.#dies === "after";
        if (this.#isDead) throw new NotHeard();
      },
    };
  }
}

function eventOf(deed: Deed, at: number): AgentEvent {
  return deed.do === "say"
    ? { type: "chunk", delta: deed.text }
    : { type: "resumable", state: at + 1 };
}

function nobodyHears(error: unknown): void {
  if (!(error instanceof NotHeard)) throw error;
}

function folded(events: readonly RoomEvent[]): RoomState | undefined {
  return events.reduce<RoomState | undefined>(applyEvent, undefined);
}

const afterMs = fc.constantFrom(0, 0, 5, 400, 1500);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant("say" as const), text: text.map((one) => `.${one}`), afterMs }),
  fc.record({ do: fc.constant("mark" as const), afterMs }),
);
const end: fc.Arbitrary<End> = fc.record({
  after: fc.nat({ max: 12 }),
  how: fc.constantFrom<How>(
    ...(["kill", "fail", "stop", "killed before a commit", "killed after a commit"] as const),
  ),
});

it("[E8] whatever ends an agent's attempts, its answer is what it said, each part once", async () => {
  const rule = fc.asyncProperty(
    fc.array(deed, { maxLength: 20 }),
    fc.array(end, { maxLength: 3 }),
    async (deeds, ends) => {
      const play = new Play(deeds);
      for (const one of ends) await play.attempt(one);
      await play.attempt(undefined);
      const { state } = play.world.room;
      const answer = state.messages.findLast(({ role }) => role === "assistant");
      expect(answer?.content).toBe(play.said());
      expect(answer?.status).toBe("complete");
      // Who never left, and who has the log alone, see the same.
      const { messages } = folded(play.world.trace) ?? {};
      expect(messages).toEqual(state.messages);
      const log: LogEvent[] = play.world.log;
      expect(folded(log)?.messages).toEqual(state.messages);
      // Those that go on are one work, which has one key.
      expect(play.keys.size).toBeLessThanOrEqual(1 + ends.length);
    },
  );
  await fc.assert(rule, { numRuns: 300 });
});

it("[E8] of a hundred in a moment the first and the last are committed", async () => {
  const deeds = Array.from(
    { length: 200 },
    (_, at): Deed =>
      at % 2 === 0 ? { do: "say", text: `${at} `, afterMs: 0 } : { do: "mark", afterMs: 1 },
  );
  const play = new Play(deeds);
  await play.attempt({ after: 200, how: "fail" });
  expect(play.commits).toBe(2);
  const events = play.world.log.filter(({ type }) => type === "chat:round");
  // Each has what is new alone.
  const added = events.map(({ data }) => Reflect.get(data, "text")).join("");
  expect(added).toBe(play.said());
  await play.attempt(undefined);
  expect(play.world.room.state.messages.at(-1)?.content).toBe(play.said());
});

it("[E8] hours of it are hundreds of commits", async () => {
  const deeds = Array.from({ length: 4000 }, (): Deed => ({ do: "mark", afterMs: 5000 }));
  const play = new Play(deeds);
  await play.attempt(undefined);
  expect(play.commits).toBeGreaterThan(100);
  expect(play.commits).toBeLessThan(600);
});
