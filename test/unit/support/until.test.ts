import { expect, it } from "vitest";
import { until } from "../../support/until";

it("what came about while this process stood still is heard of after the deadline, too", async () => {
  let has = false;
  setTimeout(() => {
    has = true;
  }, 1);
  const stoodStill = () => {
    const end = Date.now() + 50;
    while (!has && Date.now() < end);
    return has;
  };
  expect(await until("the timer has rung", stoodStill, 10)).toBe(true);
});

it("what does not come about is named", async () => {
  await expect(until("nothing happens", () => false, 10)).rejects.toThrow("nothing happens");
});
