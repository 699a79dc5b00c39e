import { afterAll, beforeAll, expect, it } from "vitest";
import type { Turn } from "../../../src/protocol/turn";
import {
  agentTask,
  endedTurn,
  execute,
  type Phase,
  readEvents,
  readTurn,
} from "../../support/agent-task";
import type { DevServer } from "../../support/dev-server";
import { gate } from "../../support/model-script";
import {
  type AgentRequest,
  type AgentScript,
  hang,
  json,
  type RemoteAgent,
  refuse,
  startRemoteAgent,
  wait,
} from "../../support/remote-agent";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

/** Longer than the runtime takes to come up again. */
const WAIT_MS = 6000;

let server: DevServer;
let alice: WireUser;
const agents: RemoteAgent[] = [];

type Case = { agent: RemoteAgent; taskId: string; turnId: string };

/** A pipeline whose agent is done at once, but for what `unlike` says of a request. */
async function begun(
  phases: Phase[],
  unlike: (request: AgentRequest) => AgentScript | undefined = () => undefined,
): Promise<Case> {
  const agent = await startRemoteAgent();
  agents.push(agent);
  agent.respond((request) => unlike(request) ?? json({ output: `${request.body.phase} done` }));
  const taskId = await agentTask(alice, agent, phases);
  return { agent, taskId, turnId: await execute(alice, taskId) };
}

const phases = [{ role: "one" }, { role: "two" }];

/** The first attempt of the first turn's second phase never ends. */
function hangsInTwo() {
  let calls = 0;
  return () => (++calls === 2 ? [hang] : undefined);
}

async function statusOf({ taskId, turnId }: Case, status: string, step?: string): Promise<Turn> {
  return until(`a turn is ${status}, its step ${step}`, async () => {
    const turn = await readTurn(alice, taskId, turnId);
    const there = !step || turn.steps.some((item) => item.status === step);
    return turn.status === status && there ? turn : undefined;
  });
}

/** What the agent was called for: phase, attempt, run. */
function calls({ agent, turnId }: Case): string[] {
  return agent.requests
    .filter(({ body }) => body.turnId === turnId)
    .map(({ body, attempt }) => `${body.phase} ${attempt} ${body.run}`);
}

/** All attempts of a run carry one key, and no two runs the same. */
function expectKeys({ agent }: Case): void {
  for (const { body, idempotencyKey } of agent.requests) {
    expect(idempotencyKey).toBe(`${body.turnId}:${body.step}:${body.run}`);
  }
}

async function ended(one: Case): Promise<Turn> {
  const turn = await endedTurn(alice, one.taskId, one.turnId);
  expectKeys(one);
  return turn;
}

/** What a pipeline of remote agents holds through a `kill -9`. */
export function pipelines(arena: Arena): void {
  beforeAll(async () => {
    server = arena.server;
    alice = await WireUser.of(server, "alice-with-agents");
  });

  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
  });

  it("[C1] kill -9 in every state of a phase: what is done is kept, the running one is tried again with its key, waits go on", async () => {
    const opened = gate();
    const [running, queued, waiting, rolledBack, unstored] = await Promise.all([
      begun(phases, hangsInTwo()),
      begun(phases, hangsInTwo()),
      begun([{ role: "one" }, { role: "two", requireConfirmation: true }]),
      begun(
        [
          { role: "one" },
          { role: "two", retry: { maxAttempts: 1 }, onFailure: { rollbackTo: "one" } },
        ],
        ({ body, attempt }) => {
          if (body.phase === "two" && body.run === 1) return refuse(422);
          return body.phase === "one" && attempt === 2 ? [hang] : undefined;
        },
      ),
      begun(phases, ({ body, attempt }) =>
        body.phase === "one" && attempt === 1
          ? [wait(opened), ...json({ output: "one done" })]
          : undefined,
      ),
    ]);
    const behind = { ...queued, turnId: await execute(alice, queued.taskId) };
    await Promise.all([
      ...[running, queued].map(({ agent }) => agent.request(2)),
      rolledBack.agent.request(3),
      opened.reached,
    ]);
    const asked = await statusOf(waiting, "WAITING");
    await statusOf(behind, "PENDING");
    const retrying = await begun(
      [{ role: "one" }, { role: "two", retry: { initialMs: WAIT_MS, maxMs: WAIT_MS } }],
      ({ body, attempt }) => (body.phase === "two" && attempt === 1 ? refuse(503) : undefined),
    );
    await statusOf(retrying, "PROCESSING", "RETRYING");
    const [announced] = await readEvents(alice, retrying.taskId, "phase:retry");

    // All others are at rest.
    await arena.killAt("after commit", 1, () => opened.open());

    for (const one of [running, queued]) {
      expect(await ended(one)).toMatchObject({ status: "COMPLETED" });
      expect(calls(one)).toEqual(["one 1 1", "two 1 1", "two 2 1"]);
    }
    expect(await ended(behind)).toMatchObject({ status: "COMPLETED" });
    expect(calls(behind)).toEqual(["one 1 1", "two 1 1"]);

    // Its answer had come, but what the room made of it was not on the disk yet.
    expect(await ended(unstored)).toMatchObject({ status: "COMPLETED" });
    expect(calls(unstored)).toEqual(["one 1 1", "one 2 1", "two 1 1"]);

    expect(await ended(rolledBack)).toMatchObject({ status: "COMPLETED" });
    expect(calls(rolledBack)).toEqual(["one 1 1", "two 1 1", "one 2 2", "one 3 2", "two 2 2"]);

    const stillAsked = await readTurn(alice, waiting.taskId, waiting.turnId);
    expect(stillAsked).toEqual(asked);
    const step = asked.steps[1]?.step;
    await alice.call("POST", `/tasks/${waiting.taskId}/turns/${waiting.turnId}/confirm`, {
      step,
      approve: true,
    });
    expect((await ended(waiting)).steps[0]).toEqual(asked.steps[0]);
    expect(calls(waiting)).toEqual(["one 1 1", "two 1 1"]);

    expect(await ended(retrying)).toMatchObject({ status: "COMPLETED" });
    expect(calls(retrying)).toEqual(["one 1 1", "two 1 1", "two 2 1"]);
    const due = Date.parse(announced?.ts ?? "") + WAIT_MS;
    const calledAt = retrying.agent.requests[2]?.receivedAt ?? 0;
    expect(announced?.data.retryInMs).toBe(WAIT_MS);
    expect(calledAt).toBeGreaterThanOrEqual(due);
  });
}
