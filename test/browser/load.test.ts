import { randomUUID } from "node:crypto";
import { expect, inject, it } from "vitest";
import { Visitor } from "../support/visitor";

const MESSAGES = 5000;
/** What one types while 2,000 tokens (some 1,500 words) come in; a slow machine has all of them before the end. */
const FIRST_WORD = `${randomUUID()} `;
const TYPED = FIRST_WORD.repeat(5).trim();

it("5,000 messages and a stream of 2,000 tokens drop no key that is typed meanwhile", async () => {
  // The test build: its rooms can be given a past.
  const { url } = inject("shared").testBuild;
  const visitor = await Visitor.signedIn(undefined, { url });
  const { page } = visitor;
  const id = await visitor.newRoom();
  const filled = await fetch(`${url}/test/history?task=${id}&messages=${MESSAGES}`);
  expect(filled.status).toBe(200);
  await page.goto(`${url}/tasks/${id}`);
  await page.getByText(`Message ${MESSAGES} of`).waitFor();
  await page.getByRole("button", { name: "Older messages", exact: true }).click();
  // In the page itself: from outside, each look costs more than the page that it looks for.
  await page.evaluate(async (all) => {
    while (document.querySelectorAll("li.message").length < all) {
      document.querySelector<HTMLElement>(".messages > .row > button")?.click();
      await new Promise(requestAnimationFrame);
    }
  }, MESSAGES);
  expect(await page.locator("li.message").count()).toBe(MESSAGES);
  await page.getByText("Message 1 of").waitFor({ state: "attached" });

  await visitor.say("/long 1500");
  await page.locator(".writing").waitFor();
  // Not by its label, for which all 5,000 would be looked through.
  const input = page.locator(".composer textarea");
  await input.focus();
  // Key by key to where the focus is: the field is looked for once, among all that is there.
  await page.keyboard.type(FIRST_WORD, { delay: 15 });
  expect(await page.locator(".writing").count()).toBe(1);
  await page.keyboard.type(TYPED.slice(FIRST_WORD.length), { delay: 15 });
  expect(await input.inputValue()).toBe(TYPED);
  await page
    .locator("li.message")
    .nth(MESSAGES + 1)
    .waitFor({ state: "attached" });
  expect(await input.inputValue()).toBe(TYPED);
  expect(visitor.faults).toEqual([]);
  await visitor.close();
});

it("older messages that cannot be read are said to be so, and can be asked for again", async () => {
  const { url } = inject("shared").testBuild;
  const visitor = await Visitor.signedIn(undefined, { url });
  const { page } = visitor;
  const id = await visitor.newRoom();
  await fetch(`${url}/test/history?task=${id}&messages=60`);
  let isOut = true;
  await page.routeWebSocket(/\/chat/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const ref = /"type":"history:sync","id":"(\w+)"/.exec(String(text))?.[1];
      const error = { code: "unavailable", message: "The history cannot be read now." };
      if (isOut && ref) socket.send(JSON.stringify({ type: "error", ref, error }));
      else server.send(text);
    });
  });
  await page.goto(`${url}/tasks/${id}`);
  await page.getByText("Message 60 of").waitFor();
  const older = page.getByRole("button", { name: "Older messages", exact: true });
  await older.click();
  await page.getByText("The history cannot be read now.").waitFor();
  isOut = false;
  await older.click();
  await page.getByText("Message 1 of").waitFor({ state: "attached" });
  expect(await page.getByText("The history cannot be read now.").count()).toBe(0);
  expect(await older.count()).toBe(0);
  await visitor.close();
});
