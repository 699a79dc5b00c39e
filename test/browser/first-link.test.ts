import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { newUser, tokenFor, visitors } from "../support/visitor";

const come = visitors();
const { url } = inject("shared").production;

/** A link of the kind that `npm start` prints, at a page of the console. */
async function link(userId: string, path = "/"): Promise<string> {
  return `${url}${path}#token=${await tokenFor(userId)}`;
}

const isHome = (page: Page) =>
  page.getByRole("heading", { name: "What should be done?" }).waitFor();

it("a link signs in at once, and its token is in no address and no history", async () => {
  const { page } = await come.open(newUser("alice"), { url: await link(newUser("alice")) });
  await isHome(page);
  expect(page.url()).toBe(`${url}/`);
  const entries = await page.evaluate(() => history.length);
  await page.getByRole("link", { name: "Keys" }).click();
  await page.goBack();
  await isHome(page);
  expect(page.url()).toBe(`${url}/`);
  expect(await page.evaluate(() => history.length)).toBe(entries + 1);
  await page.reload();
  await isHome(page);
});

it("from the link to the first answer it is one click", async () => {
  const { page } = await come.open(newUser("alice"), { url: await link(newUser("alice")) });
  await page.getByRole("button", { name: "Say hello" }).click();
  await page.locator(".writing").getByText("I am the demo model").waitFor();
});

it("it leads to the page that it names, and to another user than before", async () => {
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const { page } = await come.open(alice, { url: await link(alice, "/usage") });
  await page.getByRole("heading", { name: "Usage" }).waitFor();
  expect(page.url()).toBe(`${url}/usage`);
  const kept = () => page.evaluate(() => sessionStorage.getItem("taskroom.token"));
  const before = await kept();
  // Pasted into the open page: the browser loads nothing.
  await page.goto(await link(bob, "/usage"));
  await expect.poll(kept).not.toBe(before);
  expect(page.url()).toBe(`${url}/usage`);
});

it("one whose token is refused leads to the form, with a word", async () => {
  const { page } = await come.open(newUser("alice"), { url: `${url}/#token=made.up.token` });
  await page.getByLabel("Access token").waitFor();
  await page.getByText("has expired or was revoked").waitFor();
  expect(page.url()).toBe(`${url}/`);
});
