import fc from "fast-check";
import { isWaiting } from "../../../src/engine/fold/rounds-fold";
import type { Fence } from "../../../src/engine/step/fence";
import { waitInStep } from "../../../src/engine/step/go-on";
import { decideCall, takeOutput } from "../../../src/engine/step/tool-answers";
import { cancelAll, cancelTurn, confirmStep } from "../../../src/engine/task/people";
import { setTaskStatus, updateTask } from "../../../src/engine/task/task-rules";
import { failBegin, refuseBegin, unpaidTurn } from "../../../src/engine/turn/begin";
import { addNote } from "../../../src/engine/turn/note";
import { activeTurn } from "../../../src/engine/turn/room";
import { guideTurn, send } from "../../../src/engine/turn/send";
import { type FailureCode, refuse } from "../../../src/protocol/errors";
import type { OnBusy } from "../../../src/protocol/turn";
import type { StepRecord } from "../../../src/resources/step";
import type { MemberPlan, TeamPlan } from "../../../src/resources/team-plan";
import { agent, member, OWNER, pipeline, RETRY, solo } from "../../support/engine-builders";
import { type Commit, World } from "../../support/engine-world";

/** What people, runners, the clock and fate may do to a room. Numbers pick among what there is. */
export type Command =
  | { do: "send"; onBusy: OnBusy | undefined; by: string; threadId: string }
  | { do: "guide" | "update" | "cancelAll" | "close" | "alarm" | "crash" }
  | { do: "begin" | "failBegin" | "refuseBegin" }
  | { do: "cancel"; pick: number | undefined }
  | { do: "retry" | "regenerate"; pick: number }
  | { do: "edit"; pick: number; interrupts: boolean }
  | { do: "note"; threadId: string }
  | { do: "confirm"; pick: number; approve: boolean }
  | { do: "replan"; pick: number }
  | { do: "write"; text: string; thinking: boolean; back: number }
  | { do: "progress"; percent: number; back: number }
  | { do: "finish"; tokens: number; back: number }
  | { do: "fail"; code: FailureCode; retryAfterMs: number | undefined; back: number }
  | { do: "round"; kinds: Kind[]; text: string; back: number }
  | { do: "result"; pick: number; fails: boolean; back: number }
  | { do: "resumable"; back: number }
  | { do: "pause"; back: number }
  | { do: "decide"; pick: number; approve: boolean }
  | { do: "output"; pick: number }
  | { do: "tick"; ms: number };

export type Scenario = { plans: TeamPlan[]; commands: Command[]; beginsByItself: boolean };

/** Plays a scenario, every commit before the eyes of `watch`. */
export function played(
  { plans, commands, beginsByItself }: Scenario,
  watch: (commit: Commit) => void = () => {},
): World {
  const [plan = solo()] = plans;
  const world = new World(plan, { watch, beginsByItself });
  for (const item of commands) order(world, item, plans);
  return world;
}

function order(world: World, command: Command, plans: TeamPlan[]): void {
  switch (command.do) {
    case "send": {
      const { by: userId, threadId, onBusy } = command;
      const input = { ...world.draftSend("hello", onBusy), author: { userId }, threadId };
      world.decide((draft) => send(draft, input));
      break;
    }
    case "guide": {
      const active = activeTurn(world.room);
      if (!active) break;
      const input = world.draftSend("rather so");
      world.decide((draft) => guideTurn(draft, active.id, input));
      break;
    }
    case "cancel": {
      const turnId = command.pick === undefined ? undefined : picked(world.turnIds, command.pick);
      world.decide((draft) => cancelTurn(draft, { ...(turnId && { turnId }), by: OWNER }));
      break;
    }
    case "cancelAll":
      world.decide((draft) => cancelAll(draft, { by: OWNER }));
      break;
    case "close":
      world.decide((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
      break;
    case "update":
      world.decide((draft) => updateTask(draft, { title: "Another title" }));
      break;
    case "retry": {
      const record = picked([...world.closed.values()], command.pick);
      if (record) world.retry(record);
      break;
    }
    case "regenerate": {
      const record = picked([...world.closed.values()], command.pick);
      if (record) world.regenerate(record);
      break;
    }
    case "edit": {
      const said = world.room.state.messages.filter(({ role }) => role === "user");
      const message = picked(said, command.pick);
      if (message) world.edit(message, "rather this", command);
      break;
    }
    case "note": {
      const input = { ...world.draftSend("a note"), threadId: command.threadId };
      world.decide((draft) => addNote(draft, input));
      break;
    }
    case "confirm":
      confirm(world, command.pick, command.approve);
      break;
    case "decide":
    case "output":
      answerCall(world, command);
      break;
    case "replan":
      world.plan = picked(plans, command.pick) ?? world.plan;
      break;
    case "begin":
      world.begin();
      break;
    case "failBegin":
      world.act((draft) => failBegin(draft, { code: "model_rejected", message: "no such team" }));
      break;
    case "refuseBegin": {
      const { turnId } = unpaidTurn(world.room) ?? {};
      const refusal = refuse("quota_exceeded", "no more today");
      if (turnId) world.act((draft) => refuseBegin(draft, turnId, refusal));
      break;
    }
    case "tick":
      world.wait(command.ms);
      break;
    case "alarm":
      world.waitForAlarm();
      break;
    case "crash":
      world.crash();
      break;
    default:
      report(world, command);
  }
}

/** What a runner says of the newest attempt, or of one `back` before it. */
function report(world: World, command: Extract<Command, { back: number }>): void {
  const fence = world.attempts.at(-1 - command.back);
  if (!fence) return;
  switch (command.do) {
    case "write":
      world.write(command.text, fence, command.thinking ? "thinking" : "text");
      break;
    case "progress":
      world.progress(command.percent, fence);
      break;
    case "finish":
      world.finish("", fence, command.tokens);
      break;
    case "fail":
      world.fail(command.code, fence, command.retryAfterMs);
      break;
    case "round":
      if (!isRemote(world, fence)) makeRound(world, command, fence);
      break;
    case "result":
      giveResult(world, command, fence);
      break;
    case "resumable":
      if (isRemote(world, fence)) {
        world.record([{ type: "resumable", memo: { at: world.log.length } }], fence);
      }
      break;
    case "pause":
      world.act((draft) => waitInStep(draft, fence));
      break;
  }
}

/** Rounds are a model's; what can be gone on from is said by agents of their own. */
function isRemote(world: World, fence: Fence): boolean {
  return world.request([], fence)?.config.runtime.runtime === "http";
}

/** Who carries a call out, and whether a person is asked first. */
export type Kind = "server" | "approval" | "client";

/** What a model asked for, in a round of its own. */
function makeRound(
  world: World,
  { kinds, text }: Extract<Command, { do: "round" }>,
  fence: Fence,
): void {
  const round = world.rounds(fence).length;
  const calls = kinds.map((kind, index) => ({
    kind,
    call: { round, index, toolCallId: `c${index}`, name: kind, input: { round } },
  }));
  world.record(
    [
      { type: "round", round, text, thinking: "hm", calls: calls.map(({ call }) => call) },
      ...calls.map(({ kind, call }): StepRecord => {
        if (kind === "approval") return { type: "tool-approval", ...call };
        return { type: "tool-call", ...call, ...(kind === "client" && { where: "client" }) };
      }),
    ],
    fence,
  );
}

/** A server has answered one of the calls that are open. */
function giveResult(
  world: World,
  { pick, fails }: Extract<Command, { do: "result" }>,
  fence: Fence,
): void {
  const open = world.rounds(fence).flatMap(({ round, calls }) =>
    calls.flatMap(({ index, toolCallId, name, input, approval, where, isMade, ...gave }) => {
      const mayBeMade = approval === undefined || approval === "given";
      const isOpen = gave.output === undefined && gave.error === undefined && !where && mayBeMade;
      return isOpen ? [{ isMade, call: { round, index, toolCallId, name, input } }] : [];
    }),
  );
  const found = picked(open, pick);
  if (!found) return;
  const { input, ...named } = found.call;
  const outcome = fails ? { error: "no" } : { output: `gave ${named.index}` };
  const made: StepRecord[] = found.isMade ? [] : [{ type: "tool-call", ...found.call }];
  world.record([...made, { type: "tool-result", ...named, ...outcome }], fence);
}

/** A person, or the client, answers a call that waits. */
function answerCall(world: World, command: Extract<Command, { do: "decide" | "output" }>): void {
  const asks = world.room.state.streams.flatMap(({ turnId, rounds = [] }) =>
    rounds.flatMap(({ calls }) => calls.filter(isWaiting).map((call) => ({ turnId, call }))),
  );
  const found = picked(asks, command.pick);
  if (!found) return;
  const named = { turnId: found.turnId, toolCallId: found.call.toolCallId, by: OWNER };
  world.decide((draft) =>
    command.do === "decide"
      ? decideCall(draft, { ...named, approve: command.approve })
      : takeOutput(draft, { ...named, isOwner: true, output: { n: command.pick } }),
  );
}

function confirm(world: World, pick: number, approve: boolean): void {
  const turns = world.room.state.openTurns;
  const waiting = activeTurn(world.room);
  const turn = waiting?.status === "WAITING" ? waiting : picked(turns, pick);
  const asked = turn?.steps.find((step) => step.status === "WAITING");
  const step = asked ?? picked(turn?.steps ?? [], pick);
  if (!turn || !step) return;
  const input = { turnId: turn.id, step: step.step, approve, by: OWNER };
  world.decide((draft) => confirmStep(draft, input));
}

function picked<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}

const pick = fc.nat({ max: 40 });

/** Mostly of the newest attempt; sometimes late, and so about one that is over. */
const back = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
);
const code: fc.Arbitrary<FailureCode> = fc.constantFrom(
  "model_unavailable",
  "model_rate_limited",
  "model_timeout",
  "model_rejected",
  "agent_malformed",
);
const onBusy = fc.constantFrom(
  undefined,
  "enqueue",
  "interrupt",
  "reject",
  "guide",
  "merge",
  "rollback",
) as fc.Arbitrary<OnBusy | undefined>;
/** Mostly one person in one thread. */
const by = fc.constantFrom(OWNER, OWNER, OWNER, "bob");
const threadId = fc.constantFrom("main", "main", "main", "side");
const retryAfterMs = fc.option(fc.nat({ max: 900_000 }), { nil: undefined, freq: 8 });
const text = fc.constantFrom("a", "word ", "👩‍🚀", "é\n", "");

function weighted<D extends Command["do"], F>(
  weight: number,
  name: D,
  fields: { [K in keyof F]: fc.Arbitrary<F[K]> },
) {
  return { weight, arbitrary: fc.record(fields).map((rest) => ({ do: name, ...rest })) };
}

const runnerReport: fc.Arbitrary<Command> = fc.oneof(
  weighted(3, "write", { text, thinking: fc.boolean(), back }),
  weighted(2, "progress", { percent: fc.nat({ max: 100 }), back }),
  weighted(3, "finish", { tokens: fc.nat({ max: 900 }), back }),
  weighted(4, "fail", { code, retryAfterMs, back }),
  weighted(3, "round", {
    kinds: fc.array(fc.constantFrom<Kind>("server", "server", "approval", "client"), {
      minLength: 1,
      maxLength: 3,
    }),
    text,
    back,
  }),
  weighted(4, "result", { pick, fails: fc.boolean(), back }),
  weighted(3, "resumable", { back }),
  weighted(3, "pause", { back }),
);
const bySomebody: fc.Arbitrary<Command> = fc.oneof(
  weighted(5, "send", { onBusy, by, threadId }),
  weighted(2, "cancel", { pick: fc.option(pick, { nil: undefined }) }),
  weighted(3, "retry", { pick }),
  weighted(3, "regenerate", { pick }),
  weighted(2, "edit", { pick, interrupts: fc.boolean() }),
  weighted(1, "note", { threadId }),
  weighted(6, "confirm", { pick, approve: fc.nat({ max: 4 }).map((n) => n > 0) }),
  weighted(6, "decide", { pick, approve: fc.boolean() }),
  weighted(4, "output", { pick }),
  weighted(2, "guide", {}),
  weighted(1, "update", {}),
  weighted(1, "cancelAll", {}),
);
const byFate: fc.Arbitrary<Command> = fc.oneof(
  weighted(6, "begin", {}),
  weighted(5, "alarm", {}),
  weighted(2, "tick", { ms: fc.nat({ max: 40_000 }) }),
  weighted(1, "crash", {}),
  weighted(1, "failBegin", {}),
  weighted(1, "refuseBegin", {}),
  weighted(1, "replan", { pick }),
);

export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 240, arbitrary: runnerReport },
  { weight: 90, arbitrary: bySomebody },
  { weight: 70, arbitrary: byFate },
  weighted(1, "close", {}),
);

/** A conversation in which much is said in the place of something else. */
const change: fc.Arbitrary<Command> = fc.oneof(
  weighted(5, "send", { onBusy, by, threadId }),
  weighted(5, "retry", { pick }),
  weighted(5, "regenerate", { pick }),
  weighted(3, "edit", { pick, interrupts: fc.boolean() }),
  weighted(2, "note", { threadId }),
  weighted(4, "cancel", { pick: fc.option(pick, { nil: undefined }) }),
  weighted(1, "guide", {}),
  weighted(9, "begin", {}),
  weighted(1, "failBegin", {}),
  weighted(1, "replan", { pick }),
  weighted(2, "write", { text, thinking: fc.boolean(), back }),
  weighted(8, "finish", { tokens: fc.nat({ max: 900 }), back }),
  weighted(3, "fail", { code, retryAfterMs, back }),
  weighted(2, "round", { kinds: fc.constant<Kind[]>(["server"]), text, back }),
  weighted(2, "result", { pick, fails: fc.boolean(), back }),
  weighted(1, "resumable", { back }),
  weighted(1, "crash", {}),
  weighted(1, "alarm", {}),
);

function memberOf(roles: string[], at: number): fc.Arbitrary<MemberPlan> {
  const role = roles[at] ?? "one";
  return fc
    .record({
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      timeoutMs: fc.constantFrom(undefined, 30_000, 120_000),
      onFailure: fc.constantFrom<MemberPlan["onFailure"]>(
        "abort",
        "continue",
        { fallback: agent("understudy") },
        { rollbackTo: roles[0] ?? role },
        { rollbackTo: role },
      ),
      critical: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
      requireConfirmation: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.boolean()),
      bot: fc.constantFrom(role, `${role}-two`),
      runtime: fc.constantFrom("chat" as const, "http" as const),
    })
    .map(({ maxAttempts, timeoutMs, bot, runtime, ...rules }) =>
      member(role, {
        ...rules,
        agent: agent(bot, runtime),
        retry: { ...RETRY, maxAttempts, jitter: true },
        ...(timeoutMs !== undefined && { timeoutMs }),
      }),
    );
}

const team = fc
  .record({
    timeoutMs: fc.constantFrom(60_000, 600_000),
    errorBudget: fc.option(fc.nat({ max: 6 }), { nil: undefined, freq: 3 }),
    tokenLimit: fc.option(fc.constant(1000), { nil: undefined, freq: 3 }),
  })
  .map(({ timeoutMs, errorBudget, tokenLimit }) => ({
    timeoutMs,
    ...(errorBudget !== undefined && { errorBudget }),
    ...(tokenLimit !== undefined && { tokenLimit }),
  }));

export const pipelinePlan: fc.Arbitrary<TeamPlan> = fc
  .tuple(fc.shuffledSubarray(["one", "two", "three", "four"], { minLength: 1 }), team)
  .chain(([roles, rest]) =>
    fc
      .tuple(...roles.map((_, at) => memberOf(roles, at)))
      .map((members) => pipeline(members, rest)),
  );

export const soloPlan: fc.Arbitrary<TeamPlan> = fc
  .tuple(memberOf(["one"], 0), team)
  .map(([rules, rest]) => solo(rules, rest));

export const anyPlan = fc.oneof(soloPlan, pipelinePlan);

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  plans: fc.array(anyPlan, { minLength: 1, maxLength: 3 }),
  commands: fc.array(command, { minLength: 1, maxLength: 80, size: "max" }),
  // Else a turn waits for the `begin` of the scenario, and meanwhile anything may happen.
  beginsByItself: fc.boolean(),
});

export const changes: fc.Arbitrary<Scenario> = fc.record({
  plans: fc.array(anyPlan, { minLength: 1, maxLength: 2 }),
  commands: fc.array(change, { minLength: 1, maxLength: 60, size: "max" }),
  beginsByItself: fc.boolean(),
});
