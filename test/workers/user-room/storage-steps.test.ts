import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hasTables, migrate } from "../../../src/durable-objects/storage-steps";

const first = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);";
const second = "UPDATE a SET x = x + 1";

function inObject<R>(name: string, act: (sql: SqlStorage) => R): Promise<R> {
  const stub = env.USER_ROOM.getByName(`steps-${name}`);
  return runInDurableObject(stub, (_, { storage }) => act(storage.sql));
}

const storedX = (sql: SqlStorage) => sql.exec("SELECT x FROM a").one().x;

describe("an object's tables", () => {
  it("are not there before the first step has run", async () => {
    expect(await inObject("none", hasTables)).toBe(false);
  });

  it("get each step once, in order, and later steps later", async () => {
    await inObject("grow", (sql) => {
      migrate(sql, [first]);
      migrate(sql, [first]);
      expect([hasTables(sql), storedX(sql)]).toEqual([true, 1]);
      migrate(sql, [first, second]);
      migrate(sql, [first, second]);
      expect(storedX(sql)).toBe(2);
    });
  });

  it("stay as they are under code that has been rolled back", async () => {
    await inObject("back", (sql) => {
      migrate(sql, [first, second]);
      migrate(sql, [first]);
      migrate(sql, [first, second]);
      expect(storedX(sql)).toBe(2);
    });
  });
});
