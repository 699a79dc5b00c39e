import { beforeEach, describe, expect, it } from "vitest";
import type { Work } from "../../../src/durable-objects/task-room/failed-work";
import { waitsForPerson, wakeTime } from "../../../src/durable-objects/task-room/wake-time";
import { erasedAt } from "../../../src/engine/task/ephemeral";
import { cancelTurn, confirmStep } from "../../../src/engine/task/people";
import type { TeamPlan } from "../../../src/resources/team-plan";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { CONFIRM_TIMEOUT_MS, World } from "../../support/engine-world";

const CHECK_MS = 15_000;
const TURN_MS = 600_000;
const CAREFUL = pipeline([member("draft"), member("review", { requireConfirmation: true })]);

let world: World;
let waits: Partial<Record<Work, number>>;
let cleanUpAt: number | undefined;
let expiry: number | undefined;
let feeds: number[];
/** How often was asked for what a new instance has to read all turns for. */
let cleanUpAsked: number;

beforeEach(() => {
  waits = {};
  cleanUpAt = undefined;
  expiry = undefined;
  feeds = [];
  cleanUpAsked = 0;
});

/** In how many milliseconds the room is due. */
function due(): number | undefined {
  const at = wakeTime(
    {
      held: { room: world.room, buriedTaskId: undefined, deletedAt: undefined },
      feeds: { dueTimes: () => feeds },
      cleanUp: {
        get dueAt() {
          cleanUpAsked++;
          return cleanUpAt;
        },
      },
      connections: { nextExpiry: () => expiry },
      failedWork: { waitsUntil: (work) => waits[work] },
    },
    world.now,
  );
  return at === undefined ? undefined : at - world.now;
}

describe("[D4] an alarm rings only for what can be done by it", () => {
  it("a room at rest has none", () => {
    world = new World(solo());
    expect(due()).toBeUndefined();
    world.send();
    world.finish();
    expect(due()).toBeUndefined();
  });

  it("a turn at work is looked at every 15 s", () => {
    world = new World(solo());
    world.send();
    expect(due()).toBe(CHECK_MS);
    world.now += TURN_MS - 1000;
    expect(due()).toBe(1000);
    expect(cleanUpAsked).toBe(0);
  });

  it("one that waits for a person has the confirmation's deadline, whatever waits behind it", () => {
    world = new World(CAREFUL);
    world.send();
    world.finish("a draft");
    expect(waitsForPerson(world.room)).toBe(true);
    expect(due()).toBe(CONFIRM_TIMEOUT_MS);
    world.send("another");
    world.send("and another");
    expect(due()).toBe(CONFIRM_TIMEOUT_MS);
  });

  it.each([
    ["a clean-up", () => (cleanUpAt = world.now + 5000)],
    ["an expiry", () => (expiry = world.now + 5000)],
    ["what was not told", () => feeds.push(world.now + 5000)],
  ])("and besides it only %s that is really due", (_, set) => {
    world = new World(CAREFUL);
    world.send();
    world.finish("a draft");
    set();
    expect(due()).toBe(5000);
  });

  it("once a person has answered, it is at work again", () => {
    world = new World(CAREFUL);
    const turnId = world.send();
    world.finish("a draft");
    world.act((draft) => confirmStep(draft, { turnId, step: "review", approve: true, by: OWNER }));
    expect(waitsForPerson(world.room)).toBe(false);
    expect(due()).toBe(CHECK_MS);
  });

  it("one that waits for its retry has that alone", () => {
    world = new World(solo());
    world.send();
    world.fail("model_rate_limited", world.attempt, 120_000);
    expect(due()).toBe(120_000);
    expect(cleanUpAsked).toBe(0);
  });

  it("a queue that stands is looked at after 15 s: it is being begun", () => {
    world = new World(solo(), { beginsByItself: false });
    world.send();
    expect(due()).toBe(CHECK_MS);
  });
});

describe("[Z2] an ephemeral room", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const ephemeral = (plan: TeamPlan) => new World(plan, { ephemeral: true });

  it("rings a day after it was made, and a day after its last turn's end", () => {
    world = ephemeral(solo());
    expect(due()).toBe(DAY_MS);
    world.now += DAY_MS - 1000;
    expect(due()).toBe(1000);
    world.send();
    world.finish();
    expect(due()).toBe(DAY_MS);
    world.now += 5000;
    expect(due()).toBe(DAY_MS - 5000);
  });

  it("does not while a turn is open, however long a person is waited for", () => {
    world = ephemeral(CAREFUL);
    const turnId = world.send();
    expect(due()).toBe(CHECK_MS);
    world.finish("a draft");
    world.now += CONFIRM_TIMEOUT_MS - 1000;
    expect([due(), erasedAt(world.room)]).toEqual([1000, undefined]);
    world.act((draft) => cancelTurn(draft, { turnId, by: OWNER }));
    expect(due()).toBe(DAY_MS);
  });

  it("that could not be erased waits for its next try", () => {
    world = ephemeral(solo());
    world.now += DAY_MS;
    waits = { erasure: world.now + 8000 };
    expect(due()).toBe(8000);
  });
});

describe("[D5] work that failed sets no alarm before its wait is over", () => {
  it("a deadline that could not be met", () => {
    world = new World(solo());
    world.send();
    world.now += TURN_MS + 5000;
    waits = { deadlines: world.now + 8000 };
    expect(due()).toBe(8000);
  });

  it("a turn that could not begin", () => {
    world = new World(solo(), { beginsByItself: false });
    world.send();
    waits = { begin: world.now + 40_000 };
    expect(due()).toBe(40_000);
  });

  it.each(["recover", "ends"] as const)("%s: sooner than the next check, where it is", (work) => {
    world = new World(solo());
    world.send();
    waits = { [work]: world.now + 4000 };
    expect(due()).toBe(4000);
  });

  it("a clean-up, an expiry", () => {
    world = new World(solo());
    cleanUpAt = world.now - 1;
    expiry = world.now - 1;
    waits = { "clean-up": world.now + 6000, expiry: world.now + 7000 };
    expect(due()).toBe(6000);
  });
});
