import { beforeEach, describe, expect, it } from "vitest";
import type { UserNews } from "../../../src/engine/user/news";
import { newId } from "../../../src/protocol/ids";
import type { Task } from "../../../src/protocol/task";
import { toTimestamp } from "../../../src/protocol/time";
import { refusal, value } from "./harness";
import { TaskWorld } from "./task-world";

/** A home that hears of a task of somebody else's. */
class GuestWorld extends TaskWorld {
  readonly shared = this.task({ createdBy: "alice", role: "viewer", headSeq: 3 });

  invitation(seq: number): UserNews[] {
    const { id: taskId } = this.shared;
    const ts = toTimestamp(this.now);
    const data = { taskId, role: "viewer" as const, title: "T" };
    return [
      { seq, n: 0, event: { type: "task:shared", ts, data } },
      this.notice(seq, "task_shared", 1),
    ];
  }

  notice(seq: number, kind: "task_shared" | "task_completed", n = 1): UserNews {
    const notification = { kind, title: kind, taskId: this.shared.id };
    return {
      seq,
      n,
      event: { type: "notification", ts: toTimestamp(this.now), data: { notification } },
    };
  }

  tell(headSeq: number, items: UserNews[] = []): Promise<void> {
    return this.hear({ ...this.shared, headSeq }, { items });
  }

  forget(left?: { epoch: string; seq: number }): Promise<void> {
    return this.use((room) => room.forgetTask(this.shared.id, left));
  }

  async notified(): Promise<string[]> {
    const page = value(await this.use((room) => room.listNotifications({ limit: 50 })));
    return page.items.map(({ title }) => title);
  }

  putHook(task: Pick<Task, "id"> = this.shared) {
    const turnId = newId("turn", this.now);
    const place = { taskId: task.id, turnId, name: "mine", url: "https://hooks.test/" };
    const told = { contentType: "application/json", headers: {}, bodies: {}, shown: {} };
    return this.use((room) => room.putTurnHook({ ...place, ...told }));
  }

  hooks(): Promise<number> {
    const query = "SELECT count(*) AS n FROM turn_hooks";
    return this.use((_, { storage }) => Number(storage.sql.exec(query).one().n));
  }

  /** All that the user has of the task. */
  async has() {
    const sessions = (await this.list()).map(({ state }) => state);
    return { notified: await this.notified(), sessions, hooks: await this.hooks() };
  }
}

let world: GuestWorld;
beforeEach(() => {
  world = new GuestWorld();
});

const NOTHING = { notified: [], sessions: [], hooks: 0 };

describe("[N4] who is said to have left", () => {
  beforeEach(async () => {
    await world.tell(3, world.invitation(3));
    await world.connected({ taskId: world.shared.id });
    value(await world.putHook());
  });

  it("has nothing of the task any more, though its room alone says so", async () => {
    await world.left(world.shared, 5);
    expect(await world.has()).toEqual(NOTHING);
    expect(await world.titles()).toBe("");
  });

  it("and the same where somebody else says it first, and the room later", async () => {
    await world.forget({ epoch: world.shared.epoch, seq: 5 });
    expect(await world.has()).toEqual(NOTHING);
    expect(await world.titles()).toBe("");
    await world.left(world.shared, 5);
    expect(await world.has()).toEqual(NOTHING);
  });

  it("keeps all where that is said after a new invitation was heard, and hears what comes then", async () => {
    await world.left(world.shared, 5);
    await world.tell(6, world.invitation(6));
    await world.connected({ taskId: world.shared.id });
    value(await world.putHook());
    await world.forget({ epoch: world.shared.epoch, seq: 5 });
    await world.left(world.shared, 5);
    await world.tell(9, [world.notice(9, "task_completed")]);
    expect(await world.has()).toEqual({
      notified: ["task_completed", "task_shared"],
      sessions: ["connected"],
      hooks: 1,
    });
  });

  it("hears nothing that was on its way", async () => {
    await world.left(world.shared, 5);
    await world.tell(4, [world.notice(4, "task_completed")]);
    expect(await world.notified()).toEqual([]);
    expect(await world.titles()).toBe("");
  });

  it("hears nothing of an invitation that comes after its end", async () => {
    const other = new GuestWorld();
    await other.left(other.shared, 5);
    await other.tell(3, other.invitation(3));
    expect([await other.notified(), await other.titles()]).toEqual([[], ""]);
  });
});

describe("[H5] an address for a turn of a task that has gone meanwhile", () => {
  it("is not kept", async () => {
    await world.tell(3, world.invitation(3));
    await world.deleted(world.shared, 4);
    expect(refusal(await world.putHook())).toBe("not_found");
    expect(await world.hooks()).toBe(0);
  });
});

describe("[O2] a task that is erased by a room that was put back to an earlier time", () => {
  it("goes from the list with what was said of it, once", async () => {
    await world.tell(9, [...world.invitation(3), world.notice(9, "task_completed")]);
    await world.deleted(world.shared, 7);
    expect([await world.notified(), await world.titles()]).toEqual([[], ""]);
    await world.deleted(world.shared, 7);
    await world.tell(9, [world.notice(9, "task_completed")]);
    expect([await world.notified(), await world.titles()]).toEqual([[], ""]);
    const query = "SELECT count(*) AS n FROM log WHERE event LIKE '%task:deleted%'";
    const ends = await world.use((_, { storage }) => Number(storage.sql.exec(query).one().n));
    expect(ends).toBe(1);
  });
});

describe("[N8] what is read up to a notification", () => {
  it("is read also where that one has gone with its task, and no more than that", async () => {
    await world.tell(3, world.invitation(3));
    world.now++;
    const other = world.task({ createdBy: "alice", role: "viewer", headSeq: 3 });
    const told = world.invitation(3).map((item) => renamed(item, other.id));
    await world.hear(other, { items: told });
    const [seen] = value(await world.use((room) => room.listNotifications({ limit: 1 }))).items;
    await world.deleted(other, 4);
    world.now++;
    await world.tell(9, [world.notice(9, "task_completed")]);
    const upTo = seen?.id ?? "";
    expect(value(await world.use((room) => room.acknowledge({ upTo })))).toEqual({ unread: 1 });
    const unread = await world.use((room) => room.listNotifications({ limit: 9, unread: true }));
    expect(value(unread).items.map(({ title }) => title)).toEqual(["task_completed"]);
  });
});

/** The same of another task. */
function renamed(item: UserNews, taskId: string): UserNews {
  const { event } = item;
  if (event.type !== "notification") return item;
  return {
    ...item,
    event: { ...event, data: { notification: { ...event.data.notification, taskId } } },
  };
}

describe("[O4] a creator who was away from the task for a moment", () => {
  it("keeps its key, where the room was asked in that moment", async () => {
    const once = { key: "k", bodyHash: "h" };
    const { task } = value(await world.make({ key: "mine" }, once));
    await world.use((room) => room.forgetTask(task.id));
    world.rooms.answers.delete(task.id);
    // The room says that the user is out; before that comes, it tells that they are in again.
    world.rooms.meanwhile = () => world.hear({ ...task, headSeq: task.headSeq + 2 });
    expect((await world.page()).items).toHaveLength(1);
    world.rooms.answers.set(task.id, { ok: true, value: task });
    const again = value(await world.make({ key: "mine" }));
    expect([again.isNew, again.task.id]).toEqual([false, task.id]);
  });
});
