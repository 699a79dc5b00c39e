import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserFaultPoint } from "../../../src/durable-objects/user-room/surroundings";
import { FileBucket } from "../../../src/files/bucket";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { HOUR, refusal, value, World } from "../user-room/harness";

const MINUTE = 60_000;
const HASH = "0".repeat(64);

let world: World;

beforeEach(() => {
  world = new World();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

const aFile = (size = 3) => ({
  id: newId("file", world.now),
  name: "a.txt",
  mediaType: "text/plain",
  size,
});

async function aStoredFile(): Promise<string> {
  const file = aFile();
  await world.use(async (room) => {
    value(await room.reserveFile(file));
    value(await room.finishFile(file.id, HASH));
  });
  return file.id;
}

const rows = (table: string) =>
  world.use((_, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());

const claim = (fileId: string, taskId = world.taskId) =>
  world.use((room) => room.claimFiles(taskId, [fileId]));

/** Lets alarms come until nothing is due for so long. */
async function pass(ms: number): Promise<void> {
  const end = world.now + ms;
  for (let at = await world.alarmAt(); at !== null && at <= end; at = await world.alarmAt()) {
    await world.ring();
  }
  world.now = Math.max(world.now, end);
}

const says = (carried: string[], pending: string[] = []) =>
  world.rooms.carriedFiles.set(world.taskId, { carried, pending });

describe("[FL5] a task that is taken for a carrier is asked", () => {
  it("and is one from then on, if it says so", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    says([fileId]);
    await pass(2 * MINUTE);
    expect(await rows("file_carriers")).toMatchObject([{ ask_at: null }]);
    expect(await rows("files")).toMatchObject([{ due_at: null }]);
    // Claimed once more, it is not asked again.
    value(await claim(fileId));
    expect(await rows("file_carriers")).toMatchObject([{ ask_at: null }]);
  });

  it("and is none, if it does not: a file of more than a day goes", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    await pass(2 * MINUTE);
    expect(await rows("file_carriers")).toEqual([]);
    expect(await rows("files")).toHaveLength(1);
    await pass(24 * HOUR);
    expect(await rows("files")).toEqual([]);
  });

  it("again, while it is at work on it or cannot be reached", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    says([], [fileId]);
    await pass(30 * HOUR);
    expect(await rows("files")).toHaveLength(1);
    world.rooms.unreachable.add(world.taskId);
    await pass(30 * HOUR);
    expect(await rows("files")).toHaveLength(1);
    world.rooms.unreachable.clear();
    says([fileId]);
    await pass(HOUR);
    expect(await rows("file_carriers")).toMatchObject([{ ask_at: null }]);
  });

  it("and what it said before it was taken for one anew is of no account", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    world.rooms.meanwhile = () => claim(fileId);
    world.now += MINUTE;
    await world.ring();
    expect(await rows("file_carriers")).toMatchObject([{ claims: 2 }]);
    expect(await rows("files")).toHaveLength(1);
  });

  it("without keeping others waiting, however many there are", async () => {
    const fileIds = [await aStoredFile(), await aStoredFile()];
    const other = newId("task", world.now);
    for (const fileId of fileIds) value(await claim(fileId));
    value(await world.use((room) => room.claimFiles(other, fileIds)));
    world.rooms.unreachable.add(world.taskId);
    world.rooms.carriedFiles.set(other, { carried: fileIds, pending: [] });
    await pass(2 * MINUTE);
    const known = (await rows("file_carriers")).filter(({ ask_at }) => ask_at === null);
    expect(known.map(({ task_id }) => task_id)).toEqual([other, other]);
  });

  it.each<UserFaultPoint>(["files claimed at home", "file reserved", "file finished"])(
    "also where the home dies (%s)",
    async (point) => {
      const fileId = await aStoredFile();
      world.diesAt = point;
      const file = aFile();
      await world
        .use(async (room) => {
          value(await room.claimFiles(world.taskId, [fileId]));
          value(await room.reserveFile(file));
          value(await room.finishFile(file.id, HASH));
        })
        .catch(() => undefined);
      await pass(48 * HOUR);
      expect(await rows("files")).toEqual([]);
      expect(await rows("file_carriers")).toEqual([]);
      expect(await rows("file_totals")).toMatchObject([{ files: 0, bytes: 0 }]);
    },
  );
});

describe("[FL8] a copy of messages shares their files", () => {
  const other = newId("task", 0);
  const share = (fileIds: string[], isPartial = false) =>
    world.use((room) => room.shareFiles({ from: world.taskId, to: other, fileIds, isPartial }));

  it("where the task that they are copied from carries them, and no others", async () => {
    const [carried, lone] = [await aStoredFile(), await aStoredFile()];
    value(await claim(carried));
    expect(value(await share([carried, lone, newId("file", 1)]))).toEqual([carried]);
    const tasks = (await rows("file_carriers")).map(({ task_id }) => task_id);
    expect(tasks.toSorted()).toEqual([other, world.taskId].toSorted());
  });

  it("and a file goes with the last task that carries it", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    says([fileId]);
    world.rooms.carriedFiles.set(other, { carried: [fileId], pending: [] });
    value(await share([fileId]));
    await pass(2 * MINUTE);
    await world.use((room) => room.releaseFiles(world.taskId));
    expect(await rows("files")).toHaveLength(1);
    await world.use((room) => room.releaseFiles(other));
    for (const table of ["files", "file_carriers", "file_removals"]) {
      expect(await rows(table)).toEqual([]);
    }
  });

  it("and one that a message was to carry which was refused, as its task went, stays its day", async () => {
    const [carried, lone] = [await aStoredFile(), await aStoredFile()];
    value(await world.use((room) => room.claimFiles(world.taskId, [carried, lone])));
    await world.use((room) => room.releaseFiles(world.taskId, [carried]));
    expect((await rows("files")).map(({ id }) => id)).toEqual([lone]);
    expect(await rows("file_carriers")).toEqual([]);
    await pass(23 * HOUR);
    expect(await rows("files")).toHaveLength(1);
    await pass(HOUR);
    expect(await rows("files")).toEqual([]);
  });

  it("and where its last carrier went while a copy was not made after all, it goes too", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    says([fileId]);
    await pass(2 * MINUTE);
    value(await share([fileId]));
    await world.use((room) => room.releaseFiles(world.taskId));
    expect(await rows("files")).toHaveLength(1);
    await pass(5 * MINUTE);
    expect(await rows("files")).toEqual([]);
  });

  it("up to a number of tasks", async () => {
    const fileId = await aStoredFile();
    value(await claim(fileId));
    await world.use((_, { storage: { sql } }) => {
      for (let n = 1; n < LIMITS.tasksPerFile; n++) {
        sql.exec("INSERT INTO file_carriers VALUES (?, ?, 1, 0, NULL)", fileId, `task_${n}`);
      }
    });
    const free = await aStoredFile();
    value(await claim(free));
    const both = [fileId, free];
    expect(refusal(await share(both))).toBe("quota_exceeded");
    expect(value(await share(both, true))).toEqual([free]);
    expect(refusal(await claim(fileId))).toBe("accepted");
  });
});

it("[FL2] the number of a user's files has a bound too", async () => {
  await aStoredFile();
  await world.use((_, { storage: { sql } }) =>
    sql.exec("UPDATE file_totals SET files = ?", LIMITS.filesPerUser),
  );
  expect(refusal(await world.use((room) => room.reserveFile(aFile(0))))).toBe("quota_exceeded");
});

it("[FL2] a file that is announced again before it was written counts once", async () => {
  const file = aFile(100);
  await world.use(async (room) => {
    value(await room.reserveFile(file));
    value(await room.reserveFile({ ...file, size: 60 }));
  });
  expect(await rows("file_totals")).toMatchObject([{ files: 1, bytes: 60 }]);
});

it("a home that has no files is made no tables, and no alarm for nothing", async () => {
  await world.use(async (room) => {
    await room.abandonFile(newId("file", 1));
    await room.releaseFiles(world.taskId);
    await room.settleFiles(world.taskId);
    expect(await room.unknownFiles(["file_1"])).toEqual(["file_1"]);
    expect(refusal(await room.findFile("file_1"))).toBe("not_found");
    expect(refusal(await room.removeFile("file_1"))).toBe("not_found");
  });
  expect(await world.alarmAt()).toBeNull();
});

it("[FL1] a file that is stored anew while others are removed is not removed with them", async () => {
  const [one, two] = [aFile(), aFile()];
  const bucket = new Set([one.id, two.id]);
  const calls: { ids: readonly string[]; answer: () => void }[] = [];
  vi.spyOn(FileBucket.prototype, "remove").mockImplementation(async (ids) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    calls.push({ ids, answer: resolve });
    await promise;
    for (const id of ids) bucket.delete(id);
  });
  await world.use(async (room) => {
    for (const { id, ...file } of [one, two]) {
      value(await room.reserveFile({ id, ...file }));
      value(await room.finishFile(id, HASH));
    }
    const removals = [room.removeFile(one.id), room.removeFile(two.id)];
    await vi.waitUntil(() => calls.length > 0);
    await scheduler.wait(20);
    calls[0]?.answer();
    await removals[0];
    value(await room.reserveFile(one));
    bucket.add(one.id);
    value(await room.finishFile(one.id, HASH));
    await vi.waitUntil(() => calls.length > 1);
    calls[1]?.answer();
    await removals[1];
  });
  expect([...bucket]).toEqual([one.id]);
  expect(await rows("file_removals")).toEqual([]);
});

it("[FL2] what is given up before its last byte came leaves no bytes", async () => {
  const removed = vi.spyOn(FileBucket.prototype, "remove").mockResolvedValue();
  const file = aFile();
  value(await world.use((room) => room.reserveFile(file)));
  await pass(2 * HOUR);
  expect(await rows("files")).toEqual([]);
  removed.mockClear();
  // Its upload ends now, and hears that it came too late.
  expect(refusal(await world.use((room) => room.finishFile(file.id, HASH)))).toBe("not_found");
  await world.use((room) => room.abandonFile(file.id));
  expect(removed.mock.calls).toEqual([[[file.id]]]);
  expect(await rows("file_removals")).toEqual([]);
});
