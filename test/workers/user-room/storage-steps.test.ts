import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { migrate, stepsDone } from "../../../src/durable-objects/storage-steps";
import { Tables } from "../../../src/durable-objects/user-room/tables";

const first = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);";
const second = "UPDATE a SET x = x + 1";

function inObject<R>(name: string, act: (storage: DurableObjectStorage) => R): Promise<R> {
  const stub = env.USER_ROOM.getByName(`steps-${name}`);
  return runInDurableObject(stub, (_, { storage }) => act(storage));
}

const storedX = ({ sql }: DurableObjectStorage) => sql.exec("SELECT x FROM a").one().x;

describe("an object's tables", () => {
  it("are not there before the first step has run", async () => {
    expect(await inObject("none", ({ sql }) => stepsDone(sql))).toBeUndefined();
  });

  it("get each step once, in order, and later steps later", async () => {
    await inObject("grow", (storage) => {
      migrate(storage, [first]);
      migrate(storage, [first]);
      expect([stepsDone(storage.sql), storedX(storage)]).toEqual([1, 1]);
      migrate(storage, [first, second]);
      migrate(storage, [first, second]);
      expect(storedX(storage)).toBe(2);
    });
  });

  it("are forgotten again with the transaction that made them", async () => {
    await inObject("undone", (storage) => {
      const undone = () =>
        storage.transactionSync(() => {
          Tables.make(storage).log.epoch(1);
          throw new Error("undone");
        });
      expect(undone).toThrow("undone");
      expect(Tables.find(storage)).toBeNull();
      const epoch = Tables.make(storage).log.epoch(2);
      expect(Tables.make(storage).log.epoch(3)).toBe(epoch);
      expect(Tables.find(storage)).toBe(Tables.make(storage));
    });
  });

  it("stay as they are under code that has been rolled back", async () => {
    await inObject("back", (storage) => {
      migrate(storage, [first, second]);
      migrate(storage, [first]);
      migrate(storage, [first, second]);
      expect(storedX(storage)).toBe(2);
    });
  });

  it("are as before where a step fails, and come with the next code", async () => {
    await inObject("broken", (storage) => {
      const broken = "CREATE TABLE b (";
      expect(() => migrate(storage, [first, broken])).toThrow();
      expect(stepsDone(storage.sql)).toBeUndefined();
      migrate(storage, [first]);
      expect(() => migrate(storage, [first, second, broken])).toThrow();
      expect(storedX(storage)).toBe(1);
      migrate(storage, [first, second]);
      expect(storedX(storage)).toBe(2);
    });
  });
});
