import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serious, type Theme } from "../support/axe";
import { tokenFor, Visitor } from "../support/visitor";

const PHONE = { width: 360, height: 740 };
const PAGES = [
  "/",
  ...["/resources/teams", "/resources/teams/system/research-plan-implement"],
  ...[
    "/resources/bots/new",
    "/search",
    "/webhooks",
    "/keys",
    "/sessions",
    "/usage",
    "/notifications",
  ],
];

describe.each<Theme>(["light", "dark"])("in %s", (colorScheme) => {
  let visitor: Visitor;
  let room: string;
  beforeAll(async () => {
    visitor = await Visitor.open(undefined, { colorScheme });
  });
  afterAll(() => visitor.close());

  it("the way in and a room have no serious finding, at work and at rest", async () => {
    const { page } = visitor;
    expect(await serious(page, colorScheme)).toEqual([]);
    await visitor.signIn();
    room = await visitor.begin("/long 150 /think Hello");
    await page.locator(".writing").waitFor();
    expect(await serious(page, colorScheme)).toEqual([]);
    await page.locator("li.assistant").waitFor();
    expect(await serious(page, colorScheme)).toEqual([]);
    await page.getByRole("link", { name: "Steps" }).click();
    await page.locator(".step").waitFor();
    expect(await serious(page, colorScheme)).toEqual([]);
    await page.getByRole("link", { name: "Logs" }).click();
    await page.getByText("Nothing has been logged.").waitFor();
    expect(await serious(page, colorScheme)).toEqual([]);
  });

  it("every other page has none either, and fits a phone", async () => {
    const { page, url } = visitor;
    await page.setViewportSize(PHONE);
    for (const path of [...PAGES, `/tasks/${room}`, `/tasks/${room}/steps`]) {
      await page.goto(`${url}${path}`);
      await page.locator("h1").first().waitFor();
      await expect.poll(() => page.getByText("Loading…").count()).toBe(0);
      expect(await serious(page, colorScheme), path).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(PHONE.width);
    }
  });
});

it("works by keyboard alone, from the token to the answer and back", async () => {
  const visitor = await Visitor.open();
  const { page } = visitor;
  // The one field has the focus already.
  await page.keyboard.insertText(await tokenFor(visitor.userId));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What should be done?" }).waitFor();
  const tabTo = async (name: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const focused = page.locator(":focus");
      const label = await focused.getAttribute("aria-label");
      if ([label, await focused.textContent()].includes(name)) return;
    }
    throw new Error(`${name} cannot be reached`);
  };
  await tabTo("Prompt");
  await page.keyboard.type("/fast Hello");
  await page.keyboard.press("Enter");
  await page.locator("li.assistant").waitFor();
  // Who comes into a room may write at once.
  await page.keyboard.type("/slow /long 100");
  await page.keyboard.press("Enter");
  await page.locator(".writing").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped here.").waitFor();
  await visitor.close();
});
