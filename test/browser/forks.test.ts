import type { Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import * as z from "zod";
import { askedRoom } from "../support/asked-room";
import { serious } from "../support/axe";
import { answer } from "../support/model-script";
import type { ModelServer } from "../support/model-server";
import { newUser, type Visitor, visitors } from "../support/visitor";

const come = visitors();
const servers: ModelServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function asked(first: string) {
  const begun = await askedRoom(await come.signedIn(), first);
  servers.push(begun.models);
  return begun;
}

const tasks = z.object({ items: z.array(z.object({ title: z.string() })) });
const forkOf = (page: Page, text: string) =>
  page.locator("li.assistant", { hasText: text }).getByRole("button", { name: "Fork from here" });

async function titles(visitor: Visitor): Promise<string[]> {
  const listed = await visitor.api("GET", "/tasks");
  return tasks.parse(await listed.json()).items.map(({ title }) => title);
}

it("from any message one goes on in a task of one's own; the other stays as it is", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  models.script(answer("Green."));
  await visitor.say("Which colour?");
  await page.locator("li.assistant").getByText("Green.").waitFor();
  const before = page.url();
  await forkOf(page, "Three.").click();
  await page.getByText("forked from How many?").waitFor();
  expect(page.url()).not.toBe(before);
  await page.locator("li.assistant").getByText("Three.").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  // What was answered elsewhere is no turn of this task's.
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  expect(await serious(page)).toEqual([]);
  models.script(answer("Forty."));
  await visitor.say("And then?");
  await page.locator("li.assistant").getByText("Forty.").waitFor();
  await page.locator(".origin").getByRole("link").click();
  await page.locator("li.assistant").getByText("Green.").waitFor();
  await page.locator(".pointed-at", { hasText: "Three." }).waitFor();
  expect(await page.getByText("Forty.").count()).toBe(0);
});

it("a fork whose origin one does not see says so, and leads nowhere", async () => {
  const { visitor, id } = await asked("Three.");
  const reader = await come.signedIn(newUser("bob"));
  await visitor.api("POST", `/tasks/${id}/members`, { userId: reader.userId, role: "viewer" });
  await reader.page.goto(`${reader.url}/tasks/${id}`);
  await forkOf(reader.page, "Three.").click();
  await reader.page.locator(".origin").getByRole("link", { name: "How many?" }).waitFor();
  await visitor.api("DELETE", `/tasks/${id}/members/${reader.userId}`);
  await reader.page.reload();
  await reader.page.getByText("forked from a task that you do not see").waitFor();
  expect(await reader.page.locator(".origin").getByRole("link").count()).toBe(0);
  await reader.page.locator("li.assistant").getByText("Three.").waitFor();
});

it("a fork whose answer was lost is the same when it is pressed again; what is refused is told", async () => {
  const { visitor } = await asked("Three.");
  const { page } = visitor;
  await page.route("**/fork", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await forkOf(page, "Three.").click();
  await page.locator("li.assistant").getByText("did not answer").waitFor();
  await page.unroute("**/fork");
  await forkOf(page, "Three.").click();
  await page.getByText("forked from").waitFor();
  expect((await titles(visitor)).filter((title) => title.includes("How many?"))).toHaveLength(2);
});
