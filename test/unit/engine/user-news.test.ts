import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finishStep } from "../../../src/engine/step/end";
import { waitInStep } from "../../../src/engine/step/go-on";
import { recordReports } from "../../../src/engine/step/reports";
import { removeMember, setMember } from "../../../src/engine/task/members";
import { cancelTurn, confirmStep } from "../../../src/engine/task/people";
import { setTaskStatus, updateTask } from "../../../src/engine/task/task-rules";
import { farewell, isNews, type NewsContext, newsFor } from "../../../src/engine/user/news";
import type { Role } from "../../../src/protocol/identity";
import type { JsonValue } from "../../../src/protocol/json";
import { userEventType } from "../../../src/protocol/user-events";
import type { StepRecord } from "../../../src/resources/step";
import { member, OWNER, pipeline, solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";
import { type Kind, played, scenario } from "./room-commands";

function contextOf(world: World): NewsContext {
  const turn = (turnId: string) => world.closed.get(turnId)?.turn;
  return { room: world.room, turn };
}

/** What a user hears of all that has happened. */
function heard(world: World, userId = OWNER) {
  return newsFor(userId, world.log, contextOf(world)).map(({ event }) => event);
}

/** In short: the type, and the kind of a notification. */
function brief(world: World, userId = OWNER): string[] {
  return heard(world, userId).map((event) =>
    event.type === "notification" ? `! ${event.data.notification.kind}` : event.type,
  );
}

function notice(world: World, userId = OWNER) {
  const event = heard(world, userId).findLast(({ type }) => type === "notification");
  return event?.type === "notification" ? event.data.notification : undefined;
}

const add = (world: World, userId: string, role: Role) =>
  world.act((draft) => setMember(draft, { userId, role }));

const confirming = () => pipeline([member("plan"), member("build", { requireConfirmation: true })]);

describe("which log events become which news", () => {
  const cases: [string, () => World, string[]][] = [
    ["a task is created", () => new World(solo()), ["task:created"]],
    [
      "its title changes",
      () => {
        const world = new World(solo());
        world.act((draft) => updateTask(draft, { title: "Another" }));
        return world;
      },
      ["task:created"],
    ],
    [
      "a turn completes",
      () => {
        const world = new World(solo());
        world.send();
        world.finish();
        return world;
      },
      ["task:created", "task:status", "task:status", "! task_completed"],
    ],
    [
      "a turn fails",
      () => {
        const world = new World(solo());
        world.send();
        world.fail("model_rejected");
        return world;
      },
      ["task:created", "task:status", "task:status", "! task_failed"],
    ],
    [
      "a turn is stopped: whoever stops it need not be told",
      () => {
        const world = new World(solo());
        world.send();
        world.act((draft) => cancelTurn(draft, { by: OWNER }));
        return world;
      },
      ["task:created", "task:status", "task:status"],
    ],
    [
      "the task is cancelled",
      () => {
        const world = new World(solo());
        world.act((draft) => setTaskStatus(draft, { status: "CANCELLED" }, OWNER));
        return world;
      },
      ["task:created", "task:status"],
    ],
    [
      "a turn waits for a person, and is not approved",
      () => {
        const world = new World(confirming());
        const turnId = world.send();
        world.finish();
        world.act((draft) =>
          confirmStep(draft, { turnId, step: "build", approve: false, by: OWNER }),
        );
        return world;
      },
      ["task:created", "task:status", "turn:waiting", "! turn_waiting", "task:status"],
    ],
    [
      "two turns complete one after the other: the task is done once",
      () => {
        const world = new World(solo());
        world.send();
        world.send();
        world.finish();
        world.finish();
        return world;
      },
      ["task:created", "task:status", "task:status", "! task_completed"],
    ],
    [
      "an agent has something to say, and only a log entry",
      () => {
        const world = new World(solo());
        world.send();
        world.act((draft) =>
          recordReports(draft, world.attempt, [
            { type: "log", level: "info", message: "quiet" },
            { type: "notify", title: "Hear", body: "this", data: { a: 1 } },
          ]),
        );
        return world;
      },
      ["task:created", "task:status", "! agent"],
    ],
  ];
  it.each(cases)("%s", (_name, world, expected) => {
    expect(brief(world())).toEqual(expected);
  });

  it.each<[Kind, string | undefined]>([
    ["approval", "assistant wants to use a tool and needs your approval."],
    ["client", undefined],
  ])("[N6] a call that waits for %s: %s", (kind, body) => {
    const world = new World(solo());
    const turnId = world.send();
    const call = { round: 0, index: 0, toolCallId: "call-1", name: "pay", input: {} };
    const waits: StepRecord =
      kind === "approval"
        ? { type: "tool-approval", ...call }
        : { type: "tool-call", ...call, where: "client" };
    world.record([{ type: "round", round: 0, text: "", calls: [call] }, waits]);
    world.act((draft) => waitInStep(draft, world.attempt));
    const told = heard(world).find(({ type }) => type === "turn:waiting");
    expect(told?.data).toMatchObject({ turnId, toolCallId: "call-1" });
    expect(notice(world)?.body).toBe(body);
  });

  it("says where it waits, and only to those who may answer that they are waited for", () => {
    const world = new World(confirming());
    add(world, "bob", "viewer");
    const turnId = world.send();
    world.finish();
    const { id: taskId } = world.room.state.task;
    for (const user of [OWNER, "bob"]) {
      const waiting = heard(world, user).find(({ type }) => type === "turn:waiting");
      const where = { taskId, turnId, step: "build", phase: "build" };
      expect(waiting?.data).toEqual({ ...where, waitingFor: "confirmation" });
    }
    expect(notice(world)).toMatchObject({ kind: "turn_waiting", taskId, data: { turnId } });
    expect(notice(world, "bob")?.kind).toBe("task_shared");
  });

  it("keeps an agent's notice as it is, whatever its log entries pretend", () => {
    const world = new World(solo());
    world.send();
    world.act((draft) =>
      recordReports(draft, world.attempt, [
        { type: "notify", title: "Hear", data: { url: "https://a.test" } },
        { type: "log", level: "info", message: "m", metadata: { notification: "odd" } },
      ]),
    );
    const { id: taskId } = world.room.state.task;
    expect(notice(world)).toEqual({
      kind: "agent",
      title: "Hear",
      data: { url: "https://a.test" },
      taskId,
    });
  });
});

describe("the notification of a finished run", () => {
  const published = { url: "https://boats.test/", cid: "bafy1" };
  const cases: [string, (JsonValue | undefined)[], object][] = [
    ["carries what its last step gave", [{ pages: 1 }, published], published],
    ["carries what the last step with such a thing gave", [published, undefined], published],
    ["wraps what is no object", [undefined, [1, 2]], { result: [1, 2] }],
    ["leaves out what is too large", [undefined, { text: "x".repeat(20_000) }], {}],
    ["carries nothing where nothing was given", [undefined, undefined], {}],
  ];
  it.each(cases)("%s", (_name, given, expected) => {
    const world = new World(pipeline(["code", "deploy"]));
    const turnId = world.send();
    const results = given.map((data) => {
      const fence = world.attempt;
      world.act((draft) =>
        finishStep(draft, { ...fence, metadata: {}, ...(data !== undefined && { data }) }),
      );
      return data;
    });
    expect(results).toHaveLength(2);
    expect(notice(world)?.data).toEqual({ ...expected, turnId });
  });

  it("says why a run failed, and that one is partial", () => {
    const failed = new World(solo());
    failed.send();
    failed.fail("model_rejected");
    expect(notice(failed)).toMatchObject({
      body: "it was model_rejected",
      data: { code: "model_rejected" },
    });
    const partial = new World(pipeline([member("a", { onFailure: "continue" }), member("b")]));
    partial.send();
    partial.fail("model_rejected");
    partial.finish();
    expect(notice(partial)?.body).toContain("failed");
  });
});

describe("[Z4] the news of an ephemeral task", () => {
  it.each([
    ["a turn that completes", (world: World) => world.finish()],
    ["a turn that fails", (world: World) => world.fail("model_rejected")],
  ])("%s is an event, and no notification", (_name, end) => {
    const world = new World(solo(), { ephemeral: true });
    world.send();
    end(world);
    expect(brief(world)).toEqual(["task:created", "task:status", "task:status"]);
  });

  it("still tells those who are waited for, and those whom it is shared with", () => {
    const world = new World(confirming(), { ephemeral: true });
    add(world, "bob", "editor");
    world.send();
    world.finish("a plan");
    expect(brief(world, "bob")).toEqual([
      "task:shared",
      "! task_shared",
      "task:status",
      "turn:waiting",
      "! turn_waiting",
    ]);
  });
});

describe("whose news it is", () => {
  it("is a member's from when they came in, anew when they come back, and nobody else's", () => {
    const world = new World(solo());
    world.send();
    world.finish();
    add(world, "bob", "editor");
    expect(brief(world, "bob")).toEqual(["task:shared", "! task_shared"]);
    add(world, "bob", "viewer");
    expect(brief(world, "bob")).toEqual(["task:shared", "! task_shared"]);
    world.act((draft) => removeMember(draft, "bob"));
    expect(brief(world, "bob")).toEqual([]);
    add(world, "bob", "editor");
    expect(brief(world, "bob")).toEqual(["task:shared", "! task_shared"]);
    const [shared] = heard(world, "bob");
    expect(shared?.data).toEqual({
      taskId: world.room.state.task.id,
      role: "editor",
      title: "A task",
    });
    expect(brief(world, "eve")).toEqual([]);
  });

  it("ends with the task, after all else", () => {
    const world = new World(solo());
    const { id: taskId, headSeq } = world.room.state.task;
    const last = farewell(world.room, "2026-01-01T00:00:00.000Z");
    expect(last).toMatchObject({ seq: headSeq + 1, event: { data: { taskId } } });
  });
});

describe("whatever happens in a room", () => {
  const split = fc.tuple(scenario, fc.nat());

  it("keys go up and are never alike, and only types of the contract come", () => {
    fc.assert(
      fc.property(scenario, (input) => {
        const world = played(input);
        const keys = newsFor(OWNER, world.log, contextOf(world)).map(({ seq, n, event }) => {
          userEventType.parse(event.type);
          return seq * 2 + n;
        });
        return keys.every((key, i) => i === 0 || key > (keys[i - 1] ?? 0));
      }),
    );
  });

  it("told in two parts, cut between any two commits, it is the same", () => {
    fc.assert(
      fc.property(split, ([input, pick]) => {
        const cuts = [0];
        const world = played(input, ({ after }) => cuts.push(after.state.task.headSeq));
        const cut = cuts[pick % cuts.length] ?? 0;
        const whole = newsFor(OWNER, world.log, contextOf(world));
        const parts = [
          world.log.filter(({ seq }) => seq <= cut),
          world.log.filter(({ seq }) => seq > cut),
        ].flatMap((events) => newsFor(OWNER, events, contextOf(world)));
        expect(parts).toEqual(whole);
      }),
    );
  });

  it("what is news for nobody is not worth a call", () => {
    fc.assert(
      fc.property(scenario, (input) => {
        const world = played(input);
        const quiet = world.log.filter((event) => !isNews(event));
        return newsFor(OWNER, quiet, contextOf(world)).length === 0;
      }),
    );
  });
});
