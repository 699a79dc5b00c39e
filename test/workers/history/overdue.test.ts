import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { overdueTasks } from "../../../src/history/overdue";
import { aTask, clear, START, stored } from "./build";

const MINUTE = 60_000;

beforeEach(clear);

async function waiting(wakeAt: number | null): Promise<string> {
  const { id } = await stored(aTask(), { wakeAt });
  return id;
}

it("gives the rooms whose deadline passed half a minute ago, and no others", async () => {
  const overdue = await waiting(START - 30_000);
  await waiting(START - 29_999);
  await waiting(START + MINUTE);
  await waiting(null);
  expect(await overdueTasks(env.DB, START, 10)).toEqual([overdue]);
});

it("takes the longest overdue first, and lets the others have their turn", async () => {
  const second = await waiting(START - 2 * MINUTE);
  const first = await waiting(START - 3 * MINUTE);
  expect(await overdueTasks(env.DB, START, 1)).toEqual([first]);
  expect(await overdueTasks(env.DB, START, 1)).toEqual([second]);
  expect(await overdueTasks(env.DB, START, 1)).toEqual([]);
});

it("gives a room again that was woken in vain", async () => {
  const id = await waiting(START - MINUTE);
  await overdueTasks(env.DB, START, 1);
  expect(await overdueTasks(env.DB, START + 5 * MINUTE, 1)).toEqual([]);
  expect(await overdueTasks(env.DB, START + 6 * MINUTE, 1)).toEqual([id]);
});
