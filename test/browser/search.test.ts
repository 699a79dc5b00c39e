import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { serious } from "../support/axe";
import { type Visitor, visitors } from "../support/visitor";

const come = visitors();
const PHONE = { width: 390, height: 760 };
const made = z.object({ id: z.string() });

/** A task in which this was said before, by nobody's model. */
async function told(visitor: Visitor, title: string, ...said: string[]): Promise<string> {
  const history = said.map((content) => ({ role: "user", content }));
  const response = await visitor.api("POST", "/tasks", { title, history });
  return made.parse(await response.json()).id;
}

const words = (page: Page) => page.getByLabel("Words to find");
const results = (page: Page) => page.getByRole("region", { name: "What was found" });

it("as one types, messages are found, with the words marked; one leads to its place", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  await told(visitor, "Birds", "The nightingale <b>sings</b> & <img src=x onerror=alert(1)>");
  await page.goto(`${url}/search`);
  await words(page).pressSequentially("nighting");
  await results(page).locator("mark").waitFor();
  expect(await results(page).locator("mark").allTextContents()).toEqual(["nightingale"]);
  await results(page).getByText("<b>sings</b> & <img src=x onerror=alert(1)>").waitFor();
  expect(await results(page).locator("img, b").count()).toBe(0);
  expect(await serious(page)).toEqual([]);
  expect(page.url()).toMatch(/\/search\?q=nighting$/);

  // By keyboard, and back to what was found.
  await words(page).press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".pointed-at", { hasText: "nightingale" }).waitFor();
  await page.goBack();
  await results(page).getByRole("link", { name: "Birds" }).waitFor();
  expect(await words(page).inputValue()).toBe("nighting");
});

it.each([
  ["among those that come first", 40],
  ["from before all that was loaded", 400],
])("a message %s is led to, and stays in sight", async (_, count) => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  await page.setViewportSize(PHONE);
  const said = Array.from({ length: count }, (_, n) => `Said ${n}.`);
  await told(visitor, "Long", "The nightingale.", ...said);
  await page.goto(`${url}/search?q=nightingale`);
  await results(page).getByRole("link", { name: "Long" }).click();
  const message = page.locator(".pointed-at", { hasText: "nightingale" });
  await message.waitFor();
  // Until the outline has gone: nothing that comes meanwhile takes it away.
  await message.waitFor({ state: "detached" });
  const box = await page.locator("li.message", { hasText: "nightingale" }).boundingBox();
  expect(box?.y).toBeGreaterThan(0);
  expect(box?.y).toBeLessThan(PHONE.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
});

it("where a message cannot be led to, that is told, with a way on", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  const id = await told(visitor, "Birds", "The nightingale.");
  await page.goto(`${url}/tasks/${id}#msg_nowhere`);
  await page.getByText("The message is not in this conversation.").waitFor();
  expect(await serious(page)).toEqual([]);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("The message is not in this conversation.").waitFor({ state: "detached" });
});

it("what is asked as one types on is given up, whenever it would have come", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  await told(visitor, "Birds", "The nightingale.", "The lark.");
  await page.goto(`${url}/search`);
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await page.route("**/api/v1/search?q=nightingale*", async (route) => {
    asked.resolve();
    await held.promise;
    await route.continue().catch(() => {});
  });
  const givenUp = page.waitForEvent("requestfailed", (request) =>
    request.url().includes("q=nightingale"),
  );
  await words(page).fill("nightingale");
  await asked.promise;
  await words(page).fill("lark");
  await givenUp;
  await results(page).locator("mark", { hasText: "lark" }).waitFor();
  held.resolve();
  expect(await results(page).locator("mark").allTextContents()).toEqual(["lark"]);
});

it("goes on page by page, and says when there is nothing and when it failed", async () => {
  const visitor = await come.signedIn();
  const { page, url } = visitor;
  const many = Array.from({ length: 60 }, (_, n) => `Lark ${n}.`);
  await told(visitor, "Birds", ...many);
  await page.goto(`${url}/search?q=lark`);
  await expect.poll(() => results(page).locator("mark").count()).toBe(50);
  await results(page).getByRole("button", { name: "Show more" }).click();
  await expect.poll(() => results(page).locator("mark").count()).toBe(60);

  await words(page).fill("nowhere at all");
  await page.getByText("No message has all of these words.").waitFor();
  await page.route("**/api/v1/search?*", (route) => route.abort());
  await words(page).fill("lark again");
  await results(page).getByRole("alert").getByText("did not answer").waitFor();
  await page.unroute("**/api/v1/search?*");
  await words(page).fill("lark");
  await results(page).locator("mark").first().waitFor();
  expect(await results(page).getByRole("alert").count()).toBe(0);
  await words(page).fill("");
  await results(page).waitFor({ state: "detached" });
  expect(page.url()).toBe(`${url}/search`);
});

it("from the filter of titles the same words lead to what was said", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await told(visitor, "Birds", "The nightingale.");
  await page.getByLabel("Search tasks by title").fill("nightingale");
  await page.getByText("No task is like that.").waitFor();
  await page.getByRole("link", { name: "Search messages for “nightingale”" }).click();
  await results(page).getByRole("link", { name: "Birds" }).waitFor();
});
