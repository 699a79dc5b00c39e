import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirmStep } from "../../../src/engine/task/people";
import { deadlines } from "../../../src/engine/turn/deadlines";
import type { Step, Turn } from "../../../src/protocol/turn";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { OWNER } from "../../support/engine-builders";
import { World } from "../../support/engine-world";
import { checkPercents } from "./pipeline-invariants";
import { anyPlan, changes, pipelinePlan, played, scenario } from "./room-commands";
import { Auditor, mostRuns } from "./room-invariants";

describe("whatever people, runners, clocks and crashes do", () => {
  it("every commit keeps the rules that the auditor knows", () => {
    const rule = fc.property(scenario, (input) => {
      checkPercents(played(input, new Auditor().check).trace);
    });
    fc.assert(rule, { numRuns: 500 });
  });

  it("also where much is said in the place of something else", () => {
    const rule = fc.property(changes, (input) => {
      played(input, new Auditor().check);
    });
    fc.assert(rule, { numRuns: 300 });
  });

  it("deadlines alone end every turn, though no runner answers any more", () => {
    const rule = fc.property(scenario, (input) => {
      const world = played(input, new Auditor().check);
      world.beginsByItself = true;
      const { openTurns } = world.room.state;
      // Guidance that expires becomes turns too.
      const guided = openTurns.flatMap(({ id }) => world.room.runs[id]?.guidance ?? []);
      const turns = openTurns.length + guided.length;
      const most = Math.max(...input.plans.map(alarmsOfATurn));
      let alarms = 0;
      while (alarms <= turns * most && world.waitForAlarm()) alarms += 1;
      expect(world.room.state.openTurns).toEqual([]);
      expect(deadlines(world.room)).toEqual([]);
    });
    fc.assert(rule, { numRuns: 200 });
  });
});

type Answer = "finish" | "model_unavailable" | "model_rejected" | "crash" | "silence";

describe("a turn", () => {
  const answers = fc.array(
    fc.constantFrom<Answer>("finish", "model_unavailable", "model_rejected", "crash", "silence"),
    { minLength: 1, maxLength: 30, size: "max" },
  );

  it.each([
    ["of any team", anyPlan, 200],
    ["of a pipeline", pipelinePlan, 300],
  ])("%s ends within its bounds, whatever its runners answer", (_, plans, numRuns) => {
    const rule = fc.property(plans, answers, (plan, given) => {
      const world = new World(plan, { watch: new Auditor().check });
      const turnId = world.send();
      const most = 2 * alarmsOfATurn(plan);
      for (let i = 0; i < most && world.room.state.openTurns.length > 0; i++) {
        answer(world, given[i % given.length] ?? "finish");
      }
      expect(["COMPLETED", "FAILED"]).toContain(world.turn(turnId).status);
    });
    fc.assert(rule, { numRuns });
  });
});

/** A begin, the turn's own limit and, per attempt, a confirmation, a limit and a wait. */
function alarmsOfATurn(plan: TeamPlan): number {
  return 2 + 3 * mostRuns(plan);
}

function answer(world: World, given: Answer): void {
  const turn = world.room.state.openTurns[0];
  const waits = turn?.steps.find(({ status }) => status === "WAITING");
  if (turn && waits) approve(world, turn, waits);
  else if (given === "silence" || turn?.steps.some(({ status }) => status === "RETRYING")) {
    world.waitForAlarm();
  } else if (given === "crash") world.crash();
  else if (given === "finish") world.finish("text");
  else world.fail(given);
}

function approve(world: World, { id }: Turn, { step }: Step): void {
  world.act((draft) => confirmStep(draft, { turnId: id, step, approve: true, by: OWNER }));
}
