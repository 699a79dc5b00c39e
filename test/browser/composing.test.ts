import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { type Visitor, visitors } from "../support/visitor";

const come = visitors();

/** A key by which an input method ends its composition, as Safari tells of it: afterwards, with code 229. */
async function compose(page: Page, key: "Enter" | "Escape"): Promise<void> {
  const events = ["compositionstart", "compositionend"];
  await page.evaluate((types) => {
    const options = { bubbles: true };
    for (const type of types) {
      document.activeElement?.dispatchEvent(new CompositionEvent(type, options));
    }
  }, events);
  const session = await page.context().newCDPSession(page);
  const named = { key, code: key, windowsVirtualKeyCode: 229 };
  const text = key === "Enter" ? { text: "\r" } : {};
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...named, ...text });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...named });
  await session.detach();
}

/** The same key while the composition goes on, as other browsers tell of it. */
async function composing(page: Page, key: "Enter" | "Escape"): Promise<void> {
  await page.evaluate((name) => {
    const init = { key: name, isComposing: true, bubbles: true, cancelable: true };
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", init));
  }, key);
}

const listed = z.object({ items: z.array(z.looseObject({ title: z.string() })) });
const events = z.object({ items: z.array(z.looseObject({ data: z.json() })) });

async function titles(visitor: Visitor): Promise<string[]> {
  const response = await visitor.api("GET", "/tasks");
  return listed.parse(await response.json()).items.map(({ title }) => title);
}

const message = (page: Page) => page.getByLabel("Message", { exact: true });
const menu = async (page: Page, item: string) => {
  await page.locator("summary", { hasText: /^Task$/ }).click();
  await page.getByRole("button", { name: item, exact: true }).click();
};

it.each([
  ["ended", compose],
  ["going on", composing],
])("Enter of a composition that is %s sends no message and begins no task", async (_, press) => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await page.getByLabel("Prompt").fill("にほん");
  await press(page, "Enter");
  await page.getByLabel("Prompt").fill("/fast /echo begun");
  await page.getByLabel("Prompt").press("Enter");
  await page.locator("li.assistant").getByText("begun").waitFor();
  expect(await titles(visitor)).toEqual(["/fast /echo begun"]);

  await message(page).fill("にほん");
  await press(page, "Enter");
  await visitor.say("/fast /echo said");
  await page.locator("li.assistant").getByText("said").waitFor();
  expect(await page.locator("li.user").count()).toBe(2);
  expect(await page.getByText("にほん").count()).toBe(0);
});

it.each([
  ["ended", compose],
  ["going on", composing],
])("Escape of a composition that is %s stops nothing; Enter guides nothing", async (_, press) => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/slow /long 300");
  await page.locator(".writing").waitFor();
  await message(page).focus();
  await press(page, "Escape");
  // The room has had all that was sent before this.
  await visitor.say("/fast /echo next");
  await page.getByText("1 message waits in the queue.").waitFor();
  await page.getByLabel("While it works").selectOption("Guide it");
  await message(page).fill("にほん");
  await press(page, "Enter");
  await visitor.say("shorter");
  await page.getByText("Guidance waits for the next step:").getByText("shorter").waitFor();
  expect(await page.getByText("にほん").count()).toBe(0);
  await message(page).press("Escape");
  await page.getByText("Stopped here.").waitFor();
});

it("the keys of a composition leave dialogs and the search as they are", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const taskId = await visitor.begin("/fast /echo done");
  await page.locator("li.assistant").getByText("done").waitFor();
  await menu(page, "Rename");
  const title = page.getByLabel("Title", { exact: true });
  await title.fill("にほん");
  await compose(page, "Enter");
  await compose(page, "Escape");
  await title.fill("Japan");
  await title.press("Enter");
  await page.getByRole("heading", { name: "Japan" }).waitFor();
  const query = `/tasks/${taskId}/events?type=task%3Aupdated&limit=200`;
  const updated = events.parse(await (await visitor.api("GET", query)).json());
  expect(JSON.stringify(updated)).not.toContain("にほん");

  await menu(page, "Members");
  const userId = page.getByLabel("Share with");
  await userId.fill("half-written");
  await compose(page, "Enter");
  await userId.fill("bob");
  await userId.press("Enter");
  await page.getByRole("listitem").filter({ hasText: "bob" }).waitFor();
  expect(await page.getByText("half-written").count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  const search = page.getByLabel("Search tasks by title");
  await search.fill("Jap");
  await compose(page, "Escape");
  expect(await search.inputValue()).toBe("Jap");
});

it("what is blank is neither begun nor sent", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const blank = " \u200b\ufeff\n";
  await page.getByLabel("Prompt").fill(blank);
  expect(await page.getByRole("button", { name: "Begin" }).isDisabled()).toBe(true);
  await page.getByLabel("Prompt").press("Enter");
  await visitor.begin("/fast /echo begun");
  await page.locator("li.assistant").getByText("begun").waitFor();
  await message(page).fill(blank);
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await message(page).press("Enter");
  await visitor.say("/fast /echo said");
  await page.locator("li.assistant").getByText("said").waitFor();
  expect(await page.locator("li.user").count()).toBe(2);
  expect(await titles(visitor)).toHaveLength(1);
});

it.each([
  ["ended", compose],
  ["going on", composing],
])("Escape of a composition that is %s gives no edit up", async (_, press) => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/fast /echo said");
  await page.locator("li.assistant").waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Edit the message").fill("にほん");
  await press(page, "Escape");
  expect(await page.getByLabel("Edit the message").inputValue()).toBe("にほん");
  await page.keyboard.press("Escape");
  await page.getByLabel("Edit the message").waitFor({ state: "detached" });
});
