import type { UserFaultPoint } from "../../src/durable-objects/user-room/surroundings";
import type { TaskRooms } from "../../src/durable-objects/user-room/task-rooms";
import { UserRoom as ProductionUserRoom } from "../../src/durable-objects/user-room/user-room";
import { FileBucket } from "../../src/files/bucket";
import { breakableBucket } from "./breakable-bucket";
import { breakableD1 } from "./breakable-d1";
import { checkCalls, checkedState } from "./checked-object";
import { clock, control, freezeAt } from "./control";
import { homeStorage } from "./counted-storage";
import { countedEnv } from "./hops";

/** A user's room whose clock is in a test's hands. */
export class UserRoom extends ProductionUserRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    const checked = checkedState(ctx);
    const state = Object.defineProperty(checked, "storage", {
      value: homeStorage(checked.storage),
    });
    super(state, countedEnv(env));
  }

  /** As a deploy or an error of the platform does: everything in memory and every socket is gone. */
  die(): void {
    this.ctx.abort("a test");
  }

  /** What the alarm does, which comes by the platform's clock and not by a test's. */
  ring(): Promise<void> {
    return this.alarm();
  }

  /** Everything that it has of files, by table, as JSON. */
  fileRows(): string {
    const { sql } = this.ctx.storage;
    const query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'file%'";
    const names = [...sql.exec<{ name: string }>(query)].map(({ name }) => name);
    const rows = names.map((name) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]);
    return JSON.stringify(Object.fromEntries(rows));
  }

  protected override now(): number {
    return clock();
  }

  protected override fault(point: UserFaultPoint): void {
    freezeAt(point);
  }

  protected override taskRooms(): TaskRooms {
    const rooms = super.taskRooms();
    return {
      activity: (...input) => reached(() => rooms.activity(...input)),
      close: (...input) => reached(() => rooms.close(...input)),
      closeKey: (...input) => reached(() => rooms.closeKey(...input)),
      create: (...input) => reached(() => rooms.create(...input)),
      fork: (...input) => reached(() => rooms.fork(...input)),
      messages: (...input) => reached(() => rooms.messages(...input)),
      read: (...input) => reached(() => rooms.read(...input)),
      carries: (...input) => reached(() => rooms.carries(...input)),
    };
  }

  protected override bucket(): FileBucket | undefined {
    const bucket = breakableBucket(this.env.FILES);
    return bucket && new FileBucket(bucket);
  }

  protected override database(): D1Database {
    return breakableD1(super.database());
  }
}

async function reached<T>(ask: () => Promise<T>): Promise<T> {
  if (control.rooms === "down") throw new Error("the task's room is down");
  const answer = await ask();
  if (control.rooms === "answers are lost") throw new Error("the answer is lost");
  return answer;
}

checkCalls(UserRoom, ProductionUserRoom);
