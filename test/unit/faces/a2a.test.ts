import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Artifacts } from "../../../src/faces/a2a/artifacts";
import { responses } from "../../../src/faces/a2a/reading";
import { TaskFrames } from "../../../src/faces/a2a/task-frames";
import type { StreamResponse, WireArtifact } from "../../../src/faces/a2a/wire";
import { wordOf } from "../../../src/faces/a2a/word";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import type { Part } from "../../../src/operations/a2a/params";
import type { RoomEvent } from "../../../src/protocol/events";
import type { Turn } from "../../../src/protocol/turn";
import { T0 } from "../../support/engine-builders";
import { cutsOf, itemsFrom } from "../../support/turn-feed";
import { played, scenario } from "../engine/room-commands";

const FACTS = { id: "task.turn", contextId: "context" };
const ORIGIN = "https://rooms.test";

/** What a client of the protocol shows: the task that it was given, and what it was told since. */
class Shown {
  state: string | undefined;
  readonly texts = new Map<string, string>();

  take(told: StreamResponse): void {
    if ("task" in told) {
      this.state = told.task.status.state;
      this.texts.clear();
      for (const artifact of told.task.artifacts ?? []) this.#put(artifact, "");
    } else if ("statusUpdate" in told) this.state = told.statusUpdate.status.state;
    else {
      const { artifact, append } = told.artifactUpdate;
      this.#put(artifact, append ? (this.texts.get(artifact.artifactId) ?? "") : "");
    }
  }

  get all() {
    const texts = [...this.texts].filter(([, text]) => text !== "");
    return { state: this.state, texts: Object.fromEntries(texts) };
  }

  #put({ artifactId, parts }: WireArtifact, before: string): void {
    expect(parts.length).toBeGreaterThan(0);
    const text = parts.map((part) => ("text" in part ? part.text : "")).join("");
    this.texts.set(artifactId, before + text);
  }
}

/** What somebody shows who comes at this point and stays, and the whole task as it is then. */
function followed(trace: readonly RoomEvent[], turn: Turn, at: number) {
  const frames = new TaskFrames(
    { ...FACTS, origin: ORIGIN },
    { ...turn, status: "PENDING" },
    () => T0,
  );
  const shown = new Shown();
  const items = itemsFrom(trace, turn, at);
  let isTold = false;
  for (const item of items) {
    const updates = frames.read(item);
    for (const update of isTold ? updates : []) shown.take(update);
    if (isTold) continue;
    if (item.type === "live" || frames.isOver) {
      isTold = true;
      shown.take({ task: frames.task });
    }
  }
  const whole = new Shown();
  whole.take({ task: frames.task });
  const last = items.at(-1);
  return { shown: shown.all, whole: whole.all, end: last?.type === "ended" ? last.seq : undefined };
}

describe("for every point at which somebody may subscribe", () => {
  it("[J2] what is shown is what one shows who never left, and what the whole task has", () => {
    let compared = 0;
    const rule = fc.property(scenario, fc.nat(), fc.nat(), (input, pick, end) => {
      const world = played(input);
      const known = world.turnIds.filter(
        (id) => world.closed.has(id) || world.room.state.openTurns.some((one) => one.id === id),
      );
      for (const turn of known.map((id) => world.turn(id))) {
        const [first, ...cuts] = cutsOf(world.trace, turn);
        const at = cuts[pick % Math.max(cuts.length, 1)];
        if (first === undefined || at === undefined) continue;
        const trace = world.trace.slice(0, at + (end % (world.trace.length - at + 1)));
        const stayed = followed(trace, turn, first);
        const came = followed(trace, turn, at);
        expect(came.shown).toEqual(came.whole);
        expect(stayed.shown).toEqual(stayed.whole);
        // Tried again after its end it is another story to who comes later.
        if (stayed.end !== came.end) continue;
        expect(came.shown).toEqual(stayed.shown);
        compared++;
      }
    });
    fc.assert(rule, { numRuns: 300 });
    expect(compared).toBeGreaterThan(100);
  });
});

const place = { messageId: "msg", attempt: 1 };
const attempt = (kept: number, seq: number): TurnItem => ({
  ...{ type: "attempt", ...place, step: "assistant", bot: "b", model: "m", reason: "first" },
  ...{ kept, keptThinking: 0, keptRounds: 0, seq },
});
const text = (offset: number, delta: string): TurnItem => ({
  ...{ type: "text", ...place, round: 0, offset, delta, seq: 3 },
});
const turn = {
  status: "PENDING",
  createdAt: "2026-01-01T00:00:00.000Z",
  steps: [],
} as unknown as Turn;

async function told(items: TurnItem[], asks = true): Promise<StreamResponse[]> {
  async function* all() {
    yield* items;
  }
  const told: StreamResponse[] = [];
  const frames = new TaskFrames({ ...FACTS, origin: ORIGIN }, turn, () => T0);
  for await (const one of responses(frames, all(), { asks })) told.push(one);
  return told;
}
const kinds = (all: StreamResponse[]) => all.map((one) => Object.keys(one)[0]);

describe("a stream", () => {
  it("[J2] begins with the whole task, appends, and ends with the turn", async () => {
    const all = await told([
      { type: "working", seq: 2 },
      attempt(0, 3),
      text(0, "one"),
      { type: "live", seq: 3 },
      text(3, " two"),
      {
        type: "ended",
        status: "FAILED",
        error: { code: "model_timeout", message: "late" },
        seq: 5,
      },
    ]);
    expect(all).toMatchObject([
      { task: { ...FACTS, artifacts: [{ artifactId: "msg", parts: [{ text: "one" }] }] } },
      { artifactUpdate: { append: true, artifact: { parts: [{ text: " two" }] } } },
      // No message was kept: what was said is void.
      { artifactUpdate: { lastChunk: true, artifact: { parts: [{ text: "" }] } } },
      {
        statusUpdate: {
          status: { state: "TASK_STATE_FAILED", message: { parts: [{ text: "late" }] } },
        },
      },
    ]);
  });

  it("[J2] takes back at once what a new attempt does not keep", async () => {
    const all = await told([
      { type: "live", seq: 2 },
      attempt(0, 3),
      text(0, "wrong"),
      attempt(2, 4),
      text(2, "ong"),
    ]);
    expect(all.slice(1)).toMatchObject([
      { artifactUpdate: { artifact: { parts: [{ text: "wrong" }] } } },
      { artifactUpdate: { artifact: { parts: [{ text: "wr" }] } } },
      { artifactUpdate: { append: true, artifact: { parts: [{ text: "ong" }] } } },
    ]);
    expect(all[2]).not.toHaveProperty("artifactUpdate.append");
  });

  it("[J3] ends where somebody is to answer; a subscriber who comes then stays for what follows", async () => {
    const waits: TurnItem = { type: "waiting", waitingFor: "confirmation", step: "s", seq: 3 };
    const before: TurnItem[] = [waits, { type: "live", seq: 3 }];
    const after: TurnItem[] = [
      { type: "working", seq: 4 },
      { type: "ended", status: "COMPLETED", seq: 5 },
    ];
    expect(kinds(await told([...before, ...after]))).toEqual(["task"]);
    expect(kinds(await told([...before, ...after], false))).toEqual([
      ...["task", "statusUpdate", "statusUpdate"],
    ]);
    expect(kinds(await told([{ type: "live", seq: 2 }, waits, ...after], false))).toEqual([
      ...["task", "statusUpdate"],
    ]);
  });
});

it("an artifact without text is none", () => {
  const artifacts = new Artifacts();
  const begun = attempt(0, 1);
  if (begun.type === "attempt") expect(artifacts.restart(begun)).toEqual([]);
  expect(artifacts.all).toEqual([]);
});

describe("a person's word", () => {
  const said = (parts: Part[]) => wordOf({ messageId: "m", role: "ROLE_USER", parts });

  it.each<[string, Part[], object | undefined]>([
    ["a yes", [{ text: " Yes. " }], { approve: true }],
    ["a no", [{ text: "no" }], { approve: false }],
    ["data", [{ data: { approve: false, note: "why" } }], { approve: false, note: "why" }],
    [
      "one call of several",
      [{ data: { approve: true, toolCallId: "c" } }],
      { approve: true, toolCallId: "c" },
    ],
    ["a sentence with a yes in it", [{ text: "yes, but not today" }], undefined],
    ["data with more in it", [{ data: { approve: true, step: "x" } }], undefined],
    ["two parts", [{ text: "yes" }, { text: "no" }], undefined],
    ["nothing", [{}], undefined],
  ])("%s", (_why, parts, word) => {
    expect(said(parts)).toEqual(word);
  });
});
