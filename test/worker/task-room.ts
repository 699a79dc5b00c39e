import type { Doors } from "../../src/durable-objects/task-room/doors";
import { TaskRoom as ProductionTaskRoom } from "../../src/durable-objects/task-room/task-room";
import type { OpenedSession, OpenSession } from "../../src/durable-objects/user-room/api";
import type { Outcome } from "../../src/protocol/errors";
import { withBreakableBucket } from "./breakable-bucket";
import { breakableDatabases } from "./breakable-d1";
import { breakableHome } from "./breakable-home";
import { breakableMeter } from "./breakable-meter";
import { checkCalls, checkedState } from "./checked-object";
import { clock, control, freezeAt, tallyOf } from "./control";
import { countedStorage } from "./counted-storage";
import { passGate } from "./gates";
import { countedEnv } from "./hops";
import { pastMessages } from "./past-messages";

/** Milliseconds by which an alarm is late where a test wants it. */
const LATE_MS = 1500;

/** The room with its doors in a test's hands. */
export class TaskRoom extends ProductionTaskRoom {
  #isLate = false;
  #hasThrown = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(checkedState(ctx), countedEnv(env));
    const id = ctx.id.toString();
    control.constructed.set(id, (control.constructed.get(id) ?? 0) + 1);
  }

  override async alarm(): Promise<void> {
    tallyOf(this.ctx.id.toString()).alarms++;
    switch (control.alarms) {
      case "late":
        if (this.#isLate) break;
        this.#isLate = true;
        return this.ctx.storage.setAlarm(Date.now() + LATE_MS);
      case "doubled":
        await super.alarm();
        break;
      case "throwing":
        if (this.#hasThrown) break;
        this.#hasThrown = true;
        throw new Error("the alarm broke");
      case "broken":
        throw new Error("the alarm broke");
    }
    this.#isLate = false;
    this.#hasThrown = false;
    await super.alarm();
  }

  /** As a deploy or an error of the platform does: everything in memory and every socket is gone. */
  die(): void {
    this.ctx.abort("a test");
  }

  /** What the alarm does, which comes by the platform's clock and not by a test's. */
  ring(): Promise<void> {
    return this.alarm();
  }

  /** As if this much had been said here: real turns would take a test minutes. */
  fill(messages: number): void {
    const insert = "INSERT INTO messages (seq, id, thread_id, role, body) VALUES (?, ?, ?, ?, ?)";
    for (const message of pastMessages(messages)) {
      const { seq, id, threadId, role } = message;
      this.ctx.storage.sql.exec(insert, seq, id, threadId, role, JSON.stringify(message));
    }
  }

  protected override async openSession(input: OpenSession): Promise<Outcome<OpenedSession>> {
    await control.opening.asking?.();
    await passGate("asking", input.taskId);
    const answer = await super.openSession(input);
    await control.opening.answered?.();
    await passGate("answered", input.taskId);
    return answer;
  }

  protected override doors(ctx: DurableObjectState, env: Env): Doors {
    const doors = super.doors(ctx, withBreakableBucket(breakableDatabases(env)));
    return {
      ...doors,
      settings: { ...doors.settings, ...control.settings },
      now: clock,
      storage: countedStorage(ctx.storage, tallyOf(ctx.id.toString())),
      fault: freezeAt,
      tellUser: async (userId, news) => {
        if (control.users === "down") throw new Error("the user's room is down");
        await doors.tellUser(userId, news);
        if (control.users === "answers are lost") throw new Error("the answer is lost");
      },
      tellMetrics: async (...told) => {
        if (control.metrics === "down") {
          control.metricsLost++;
          throw new Error("the shard is down");
        }
        await doors.tellMetrics(...told);
      },
      meter: (userId) => breakableMeter(userId, doors.meter(userId)),
      homeFiles: (userId) => breakableHome(userId, doors.homeFiles(userId)),
      callAgent: (request, hearing, signal, files) =>
        (control.model ?? doors.callAgent)(request, hearing, signal, files),
      leaveStep: async (request) => {
        control.left.push(request);
        await doors.leaveStep(request);
      },
    };
  }
}

checkCalls(TaskRoom, ProductionTaskRoom);
