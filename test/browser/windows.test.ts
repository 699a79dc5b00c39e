import { setTimeout as wait } from "node:timers/promises";
import { expect, inject, it } from "vitest";
import * as z from "zod";
import { FlakyRoad } from "../support/flaky-road";
import { until } from "../support/until";
import { newUser, type Visitor, visitors } from "../support/visitor";

/** How long the network is away: longer than any handshake or backoff is patient at first. */
const CUT_MS = 10_000;

const come = visitors();

const messages = z.object({ items: z.array(z.object({ content: z.string() })) });
const sessions = z.object({ items: z.array(z.object({ taskId: z.string() })) });

const said = async (visitor: Visitor, id: string) =>
  messages
    .parse(await (await visitor.api("GET", `/messages?taskId=${id}`)).json())
    .items.map(({ content }) => content);
const plain = (text = "") => text.replace(/\s+/g, " ").trim();
const texts = (visitor: Visitor) => visitor.page.locator("li.message .markdown").allTextContents();
const written = async (visitor: Visitor) =>
  (await visitor.page.locator(".writing").textContent()) ?? "";

it("two windows are in step: messages, the stream, who is there and who is typing", async () => {
  const alice = await come.signedIn();
  const bobId = newUser("bob");
  const id = await alice.begin("/fast Hello");
  await alice.api("POST", `/tasks/${id}/members`, { userId: bobId, role: "editor" });
  const bob = await come.signedIn(bobId);
  await bob.page.getByRole("link", { name: "/fast Hello" }).click();
  await bob.page.getByLabel("Message", { exact: true }).waitFor();
  await alice.page.getByLabel("Here: alice, bob").waitFor();
  await bob.page.getByLabel("Here: alice, bob").waitFor();

  await bob.page.getByLabel("Message", { exact: true }).pressSequentially("/long 200");
  await alice.page.getByText("bob is typing…").waitFor();
  await bob.page.keyboard.press("Enter");
  await alice.page.locator("li.user").getByText("/long 200").waitFor();
  await Promise.all([alice, bob].map(({ page }) => page.locator(".writing").waitFor()));
  expect(await alice.page.getByText("bob is typing…").count()).toBe(0);
  await Promise.all([alice, bob].map(({ page }) => page.locator("li.message").nth(3).waitFor()));
  expect(await texts(alice)).toEqual(await texts(bob));
});

it("a viewer sees everything and is offered nothing that a viewer may not do", async () => {
  const alice = await come.signedIn();
  const bobId = newUser("bob");
  const id = await alice.begin("/reject");
  await alice.page.getByRole("button", { name: "Retry" }).waitFor();
  await alice.api("POST", `/tasks/${id}/members`, { userId: bobId, role: "viewer" });
  const { page } = await come.signedIn(bobId);
  await page.getByRole("link", { name: "/reject" }).first().click();
  await page.getByText("You are watching: viewers cannot send.").waitFor();
  await page.getByText(/^Failed: /).waitFor();
  await page.locator("summary", { hasText: /^Task$/ }).click();
  const offered = await page.getByRole("main").getByRole("button").allTextContents();
  // To take along what is read, and to go on from it elsewhere, is to change nothing.
  expect(offered).toEqual(["Members", "Copy", "Fork from here"]);
  await page.getByRole("button", { name: "Members" }).click();
  await page.getByRole("button", { name: `Remove ${bobId}` }).waitFor();
  expect(await page.getByRole("dialog").getByRole("button").count()).toBe(2);
  await page.keyboard.press("Escape");

  await alice.say("/slow /long 100");
  await page.locator(".writing").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.getByRole("button", { name: "Stop", exact: true }).count()).toBe(0);
  await alice.page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped here.").waitFor();
});

it("a reload in mid-stream goes on where it was, signed in and in the same session", async () => {
  const alice = await come.signedIn();
  const id = await alice.begin("/long 250");
  await alice.page.locator(".writing").waitFor();
  const before = await written(alice);
  await alice.page.reload();
  await alice.page.locator(".writing").waitFor();
  const after = await written(alice);
  expect(after.startsWith(before.trimEnd())).toBe(true);
  await alice.page.locator("li.assistant").waitFor();
  expect(await alice.page.locator("li.assistant").count()).toBe(1);
  expect(plain((await texts(alice))[1])).toBe(plain((await said(alice, id))[1]));
  const mine = sessions.parse(await (await alice.api("GET", "/sessions")).json());
  expect(mine.items.filter(({ taskId }) => taskId === id)).toHaveLength(1);
});

it("a network that is away for 10 s in mid-stream loses and doubles nothing", async () => {
  const road = await FlakyRoad.to(inject("shared").production.url);
  const alice = await come.signedIn(undefined, { url: road.url });
  const id = await alice.begin("/slow /long 180");
  await alice.page.locator(".writing").waitFor();
  const before = await written(alice);
  await road.close();
  const cutAt = Date.now();
  await alice.page.getByText(/Reconnecting/).waitFor();
  await alice.say("/fast /echo written without a network");
  await alice.page.locator(".unsent").getByText("Sending…").waitFor();
  await wait(CUT_MS - (Date.now() - cutAt));
  await road.open();
  // The backoff has grown meanwhile.
  await alice.page.getByText(/Caught up: \d+ events?/).waitFor();
  await alice.page.locator("li.user").getByText("written without a network").waitFor();
  const going = await until("the answer goes on", async () => {
    const [text] = await alice.page.locator(".streaming, li.assistant").allTextContents();
    return text && text.length > before.length && text;
  });
  expect(going).toContain(before.trimEnd().slice(-40));
  await alice.page.locator("li.assistant").nth(1).waitFor();
  await road.close();
  const doubled = (await said(alice, id)).filter((text) => text.includes("without a network"));
  expect(doubled).toEqual(["/fast /echo written without a network", "written without a network"]);
});
