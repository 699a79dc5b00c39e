import { expect, it } from "vitest";
import { changeMetrics } from "../../../src/durable-objects/task-room/turns/change-metrics";
import { finishStep } from "../../../src/engine/step/end";
import { failStep } from "../../../src/engine/step/fail";
import { recordReports } from "../../../src/engine/step/reports";
import { importHistory } from "../../../src/engine/task/given-history";
import { cancelTurn, confirmStep, retryTurn } from "../../../src/engine/task/people";
import { counted, NOTHING_COUNTED } from "../../../src/platform/tally";
import type { AgentConfig } from "../../../src/resources/agent";
import type { StepFailure } from "../../../src/resources/step";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { agent, idNumber, member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

type Case = {
  name: string;
  plan: TeamPlan;
  story: (world: World, turnId: string) => void;
  /** Without the prefix `taskroom_`; histograms as their sum in seconds. */
  counts: Record<string, number>;
};

const USED = { inputTokens: 1000, outputTokens: 100 };
const REFUSED: StepFailure = {
  type: "failure",
  code: "model_rate_limited",
  message: "The model has too much to do.",
  reason: "overloaded",
  retryable: true,
};
const priced = (config: AgentConfig): AgentConfig => ({
  ...config,
  model: {
    ...config.model,
    prices: { inputPerMillion: 2, outputPerMillion: 10, currency: "EUR" },
  },
});
const asking = pipeline([member("plan", { requireConfirmation: true }), "build"]);
const sent = {
  'messages_total{role="user"}': 1,
  "turns_queued_total{}": 1,
  "queue_wait_seconds{}": 0,
};
const answered = { ...sent, 'messages_total{role="assistant"}': 1 };
const cancel = (world: World, turnId?: string) =>
  world.act((draft) => cancelTurn(draft, { by: OWNER, ...(turnId && { turnId }) }));

const cases: Case[] = [
  {
    name: "messages that were said elsewhere, which count nothing",
    plan: solo(),
    story: (world) => {
      const ids = [{ messageId: idNumber("msg", 90), turnId: idNumber("turn", 90) }];
      world.act((draft) =>
        importHistory(draft, [{ role: "user", content: "before" }], {
          importer: { userId: OWNER },
          ids,
        }),
      );
    },
    counts: sent,
  },
  {
    name: "a turn that completes, with its tokens and its first one",
    plan: solo(),
    story: (world) => {
      world.now += 3000;
      const usage = { inputTokens: 10, outputTokens: 20 };
      const metadata = { usage, timeToFirstTokenMs: 250 };
      world.act((draft) => finishStep(draft, { ...world.attempt, usage, metadata }));
    },
    counts: {
      ...answered,
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds{status="COMPLETED"}': 3,
      'tokens_total{direction="input"}': 10,
      'tokens_total{direction="output"}': 20,
      "time_to_first_token_seconds{}": 0.25,
    },
  },
  {
    name: "a turn that waits in the queue until another is done",
    plan: solo(),
    story: (world) => {
      world.send("more");
      world.now += 5000;
      world.finish();
    },
    counts: {
      ...answered,
      'messages_total{role="user"}': 2,
      "turns_queued_total{}": 2,
      "queue_wait_seconds{}": 5,
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds{status="COMPLETED"}': 5,
    },
  },
  {
    name: "what failed attempts, rounds and the last call cost, by the model's prices",
    plan: solo({ agent: priced(agent("assistant")) }),
    story: (world) => {
      world.act((draft) => failStep(draft, world.attempt, { ...REFUSED, usage: USED }));
      world.waitForAlarm();
      world.act((draft) => recordReports(draft, world.attempt, [{ type: "usage", usage: USED }]));
      world.act((draft) =>
        finishStep(draft, { ...world.attempt, usage: USED, metadata: { usage: USED } }),
      );
    },
    counts: {
      ...answered,
      'retries_total{code="model_rate_limited"}': 1,
      'model_refusals_total{reason="overloaded"}': 1,
      'tokens_total{direction="input"}': 3000,
      'tokens_total{direction="output"}': 300,
      'cost_total{currency="EUR"}': 3 * (0.002 + 0.001),
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds{status="COMPLETED"}': 2,
    },
  },
  {
    name: "tokens of a remote agent, which are not of its bot's model and have no price",
    plan: solo({ agent: priced(agent("assistant", "http")) }),
    story: (world) =>
      world.act((draft) => finishStep(draft, { ...world.attempt, usage: USED, metadata: {} })),
    counts: {
      ...answered,
      'tokens_total{direction="input"}': 1000,
      'tokens_total{direction="output"}': 100,
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds{status="COMPLETED"}': 0,
    },
  },
  {
    name: "a turn that fails after a retry",
    plan: solo(),
    story: (world) => {
      world.fail("model_timeout");
      world.waitForAlarm();
      world.fail("model_rejected");
    },
    counts: {
      ...sent,
      'retries_total{code="model_timeout"}': 1,
      'turns_total{status="FAILED"}': 1,
      'turn_failures_total{code="model_rejected"}': 1,
      'turn_duration_seconds{status="FAILED"}': 2,
    },
  },
  {
    name: "a turn whose runtime died",
    plan: solo(),
    story: (world) => world.crash(),
    counts: { ...sent, 'retries_total{code="runtime_restarted"}': 1 },
  },
  {
    name: "a stopped turn, and one that was stopped before it began",
    plan: solo(),
    story: (world, turnId) => {
      const second = world.send("more");
      world.now += 1000;
      cancel(world, second);
      cancel(world, turnId);
    },
    counts: {
      ...sent,
      'messages_total{role="user"}': 2,
      "turns_queued_total{}": 2,
      'turns_total{status="INTERRUPTED"}': 2,
      'turn_duration_seconds{status="INTERRUPTED"}': 1,
    },
  },
  {
    name: "a turn that is tried again: once more, by the clock of that try",
    plan: solo(),
    story: (world, turnId) => {
      world.now += 4000;
      cancel(world);
      world.now += 60_000;
      const record = world.closed.get(turnId);
      if (record) world.act((draft) => retryTurn(draft, record));
      world.now += 1000;
      world.finish("");
    },
    counts: {
      ...answered,
      "turns_queued_total{}": 2,
      'turns_total{status="INTERRUPTED"}': 1,
      'turns_total{status="COMPLETED"}': 1,
      'turn_duration_seconds{status="INTERRUPTED"}': 4,
      'turn_duration_seconds{status="COMPLETED"}': 1,
    },
  },
  {
    name: "a pipeline: a phase that is done, one that fails, one that is skipped",
    plan: pipeline(["plan", "build", "check"]),
    story: (world) => {
      world.now += 1000;
      world.finish();
      world.now += 2000;
      world.fail("model_rejected");
    },
    counts: {
      ...answered,
      'phases_total{status="COMPLETED"}': 1,
      'phases_total{status="FAILED"}': 1,
      'phases_total{status="SKIPPED"}': 1,
      'phase_duration_seconds{status="COMPLETED"}': 1,
      'phase_duration_seconds{status="FAILED"}': 2,
      'turns_total{status="FAILED"}': 1,
      'turn_failures_total{code="model_rejected"}': 1,
      'turn_duration_seconds{status="FAILED"}': 3,
    },
  },
  {
    name: "a stopped pipeline: the phase that was at work, not those that had not begun",
    plan: pipeline(["plan", "build", "check"]),
    story: (world) => {
      world.now += 1000;
      world.finish();
      world.now += 2000;
      cancel(world);
    },
    counts: {
      ...answered,
      'phases_total{status="COMPLETED"}': 1,
      'phases_total{status="INTERRUPTED"}': 1,
      'phase_duration_seconds{status="COMPLETED"}': 1,
      'phase_duration_seconds{status="INTERRUPTED"}': 2,
      'turns_total{status="INTERRUPTED"}': 1,
      'turn_duration_seconds{status="INTERRUPTED"}': 3,
    },
  },
  {
    name: "a wait for a person is no work of the turn's",
    plan: asking,
    story: (world, turnId) => {
      world.now += 3_600_000;
      const yes = { turnId, step: "plan", approve: true, by: OWNER };
      world.act((draft) => confirmStep(draft, yes));
      world.now += 1000;
      world.fail("model_rejected");
    },
    counts: {
      ...sent,
      'turn_waits_total{for="confirmation"}': 1,
      'phases_total{status="FAILED"}': 1,
      'phases_total{status="SKIPPED"}': 1,
      'phase_duration_seconds{status="FAILED"}': 1,
      'turns_total{status="FAILED"}': 1,
      'turn_failures_total{code="model_rejected"}': 1,
      'turn_duration_seconds{status="FAILED"}': 1,
    },
  },
  {
    name: "tools that answer and tools that fail",
    plan: solo(),
    story: (world) => {
      const first = { round: 0, index: 0 };
      const call = (toolCallId: string) =>
        ({ type: "tool-call", toolCallId, name: "t", input: {}, ...first }) as const;
      const result = (toolCallId: string, end: { output: string } | { error: string }) =>
        ({ type: "tool-result", toolCallId, name: "t", ...end, ...first }) as const;
      world.record([
        ...[call("a"), result("a", { output: "1" })],
        ...[call("b"), result("b", { error: "no" })],
        call("c"),
      ]);
    },
    counts: {
      ...sent,
      'tool_calls_total{outcome="ok"}': 1,
      'tool_calls_total{outcome="error"}': 1,
    },
  },
];

it.each(cases)("$name", ({ plan, story, counts }) => {
  let tally = NOTHING_COUNTED;
  const world = new World(plan, {
    watch: ({ events, closed, spent, after: room }) => {
      tally = changeMetrics({ events, closed, spent, room }).reduce(counted, tally);
    },
  });
  story(world, world.send("go"));
  const sums = Object.entries(tally.histograms).map(([key, { sum }]) => [key, sum] as const);
  const seen = [...Object.entries(tally.counters), ...sums];
  expect(
    Object.fromEntries(seen.map(([key, value]) => [key.slice("taskroom_".length), value])),
  ).toEqual(counts);
});
