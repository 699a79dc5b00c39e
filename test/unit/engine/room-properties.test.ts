import fc from "fast-check";
import { expect, it } from "vitest";
import { deadlines } from "../../../src/engine/deadlines";
import { solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";
import { perform, type Scenario, scenario } from "./room-commands";
import { Auditor, mostRuns } from "./room-invariants";

/** Plays a scenario under the auditor's eyes. */
function played({ plans, commands, beginsByItself }: Scenario): World {
  const [plan = solo()] = plans;
  const world = new World(plan, { watch: new Auditor().check, beginsByItself });
  for (const command of commands) perform(world, command, plans);
  return world;
}

it("every commit keeps the rules, whatever people, runners, clocks and crashes do", () => {
  fc.assert(
    fc.property(scenario, (input) => {
      played(input);
    }),
    { numRuns: 1500 },
  );
});

it("deadlines alone end every turn, though no runner ever answers", () => {
  fc.assert(
    fc.property(scenario, (input) => {
      const world = played(input);
      world.beginsByItself = true;
      const turns = world.room.state.openTurns.length * 2;
      const alarms = turns * (2 * Math.max(...input.plans.map(mostRuns)) + 2);
      for (let i = 0; i <= alarms && world.waitForAlarm(); i++);
      expect(world.room.state.openTurns).toEqual([]);
      expect(deadlines(world.room)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
