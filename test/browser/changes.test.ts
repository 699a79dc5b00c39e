import type { Page } from "playwright-core";
import { afterEach, expect, inject, it } from "vitest";
import * as z from "zod";
import { askedRoom, type Begun } from "../support/asked-room";
import { serious } from "../support/axe";
import { answer, gate, status, wait } from "../support/model-script";
import type { ModelServer } from "../support/model-server";
import { Server } from "../support/server";
import { newUser, visitors } from "../support/visitor";

const come = visitors();
const servers: ModelServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function asked(first: string, body = {}): Promise<Begun> {
  const begun = await askedRoom(await come.signedIn(), first, body);
  servers.push(begun.models);
  return begun;
}

/** Somebody else who has come into the room. */
async function joined(begun: Begun, role: "editor" | "viewer") {
  const { visitor, id } = begun;
  const other = await come.signedIn(newUser("bob"));
  await visitor.api("POST", `/tasks/${id}/members`, { userId: other.userId, role });
  await other.page.goto(`${other.url}/tasks/${id}`);
  await other.page.locator("li.assistant").first().waitFor();
  return other;
}

const page200 = z.object({ items: z.array(z.object({ id: z.string() })) });

const answers = (page: Page) => page.locator("li.assistant");
const questions = (page: Page) => page.locator("li.user");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const edit = (page: Page) => page.getByLabel("Edit the message");

it("an answer is tried again, and those before it are paged through in its place", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  for (const next of ["Four.", "Five."]) {
    models.script(answer(next));
    await button(page, "Try again").click();
    await answers(page).getByText(next).waitFor();
  }
  await answers(page).getByText("3 / 3").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  expect(await page.getByText("Three.").count()).toBe(0);

  await button(page, "Previous version").click();
  await answers(page).getByText("Four.").waitFor();
  await answers(page).getByText("2 / 3").waitFor();
  await button(page, "Previous version").press("Enter");
  await answers(page).getByText("Three.").waitFor();
  expect(await answers(page).getByText("Five.").count()).toBe(0);
  // What is past is read alone.
  expect(
    await answers(page)
      .getByRole("button", { name: /again|Fork|Edit/ })
      .count(),
  ).toBe(0);
  expect(await serious(page)).toEqual([]);
  // At the end the focus stays where it was, and nothing happens.
  await button(page, "Previous version").press("Enter");
  await answers(page).getByText("1 / 3").waitFor();
  await button(page, "Next version").click();
  await button(page, "Next version").click();
  await answers(page).getByText("Five.").waitFor();

  await page.reload();
  await answers(page).getByText("3 / 3").waitFor();
});

it("while something is answered, another try waits for it, and names its question", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  const held = gate();
  models.script([wait(held), ...answer("Green.")], answer("Four."));
  await visitor.say("Which colour?");
  await held.reached;
  await button(page, "Try again").click();
  await page.getByText("1 message waits in the queue.").waitFor();
  await answers(page).getByText("Three.").waitFor();
  held.open();
  await answers(page).getByText("Four.").waitFor();
  expect(await page.getByText("Three.").count()).toBe(0);
  await page.getByText("Answer to “How many?”").waitFor();
  await page.getByRole("link", { name: "“How many?”" }).click();
  await page.locator("li.user.pointed-at", { hasText: "How many?" }).waitFor();
});

it("where another try comes to nothing, the answers before it are still to be read", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  models.script(status(400));
  await button(page, "Try again").click();
  const end = page.locator(".tail-end");
  await end.getByText(/^Failed: /).waitFor();
  await end.getByText("2 / 2").waitFor();
  await button(page, "Previous version").click();
  await end.getByText("Three.").waitFor();
  models.script(answer("Four."));
  await button(page, "Retry").click();
  await answers(page).getByText("Four.").waitFor();
  expect(await page.getByText("Three.").count()).toBe(0);
});

it("all that a pipeline answered is one version", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const body = { teamRef: "system/research-plan-implement", prompt: "/fast Hello" };
  const response = await visitor.api("POST", "/tasks", body);
  const { id } = z.object({ id: z.string() }).parse(await response.json());
  await page.goto(`${visitor.url}/tasks/${id}`);
  await button(page, "Try again").click();
  await answers(page).getByText("2 / 2").waitFor();
  const count = await answers(page).count();
  expect(count).toBeGreaterThan(1);
  await button(page, "Previous version").click();
  const earlier = page.getByRole("region", { name: "An earlier version" });
  await expect.poll(() => earlier.getByRole("article").count()).toBe(count);
  expect(await answers(page).count()).toBe(1);
  await button(page, "Next version").click();
  await expect.poll(() => answers(page).count()).toBe(count);
});

it("why another try was refused is told where it was asked for", async () => {
  const { visitor, models, id } = await asked("Three.");
  const { page } = visitor;
  const held = gate();
  models.script([wait(held), ...answer("never")]);
  await visitor.say("Which colour?");
  await held.reached;
  const more = Array.from({ length: 20 }, () =>
    visitor.api("POST", `/tasks/${id}/execute`, { input: "more" }),
  );
  await Promise.all(more);
  await button(page, "Try again").click();
  await answers(page).getByRole("alert").getByText("20 turns are waiting already.").waitFor();
  await visitor.api("PATCH", `/tasks/${id}/status`, { status: "CANCELLED" });
  await button(page, "Try again").waitFor({ state: "detached" });
  held.open();
});

it("an edit is seen by everybody at once; what it took the place of is read in its place", async () => {
  const begun = await asked("Three.");
  const { visitor, models } = begun;
  const { page } = visitor;
  models.script(answer("Green."));
  await visitor.say("Which colour?");
  await answers(page).getByText("Green.").waitFor();
  const { page: others } = await joined(begun, "viewer");

  models.script(answer("Blue."));
  await button(page, "Edit").first().click();
  expect(await edit(page).inputValue()).toBe("How many?");
  expect(await serious(page)).toEqual([]);
  await edit(page).fill("Why?");
  await button(page, "Save").click();
  for (const each of [page, others]) {
    await answers(each).getByText("Blue.").waitFor();
    await questions(each).getByText("2 / 2").waitFor();
    expect(await each.locator("li.message").count()).toBe(2);
    expect(await questions(each).getByText("How many?").count()).toBe(0);
    await button(each, "Previous version").click();
    await questions(each).getByText("How many?").waitFor();
    const followed = each.getByRole("region", { name: "What followed it then" });
    for (const text of ["Three.", "Which colour?", "Green."]) {
      await followed.getByText(text).waitFor();
    }
    await answers(each).getByText("Blue.").waitFor();
  }
  expect(await serious(others)).toEqual([]);
  expect(await button(others, "Edit").count()).toBe(0);
  expect(await button(others, "Try again").count()).toBe(0);
  await button(others, "Next version").click();
  await questions(others).getByText("Why?").waitFor();
});

it("an edit is given up with Escape and the focus is back; it is saved by keyboard", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  await button(page, "Edit").press("Enter");
  await edit(page).fill("given up");
  await edit(page).press("Escape");
  await edit(page).waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Edit");
  await button(page, "Edit").press("Enter");
  expect(await edit(page).inputValue()).toBe("How many?");
  await edit(page).fill(" ");
  expect(await button(page, "Save").isDisabled()).toBe(true);
  await edit(page).fill("Which colour?");
  models.script(answer("Blue."));
  await edit(page).press("Control+Enter");
  await answers(page).getByText("Blue.").waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toBe("Messages");
  expect(await page.getByText("given up").count()).toBe(0);
});

it("what was written for a message that somebody else changed meanwhile is not lost", async () => {
  const begun = await asked("Three.");
  const { visitor, models, id } = begun;
  const { page } = visitor;
  await button(page, "Edit").click();
  await edit(page).fill("half written");
  const messageId = await questions(page).getAttribute("data-message");
  models.script(answer("Blue."));
  await visitor.api("POST", `/tasks/${id}/messages/${messageId}/edit`, { content: "Elsewhere?" });
  await questions(page).getByText("Elsewhere?").waitFor();
  const lost = page.getByLabel("An edit that was not saved");
  await lost.getByText("half written").waitFor();
  expect(await serious(page)).toEqual([]);
  await lost.getByRole("button", { name: "Discard" }).click();
  await lost.waitFor({ state: "detached" });
});

it("while its thread is at work, an edit stops that first", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  const held = gate();
  models.script([wait(held), ...answer("never")]);
  await visitor.say("Which colour?");
  await held.reached;
  await button(page, "Edit").last().click();
  // One at a time: nothing that is being written is lost to another.
  expect(await button(page, "Edit").isDisabled()).toBe(true);
  await edit(page).fill("Which size?");
  models.script(answer("Large."));
  await button(page, "Stop and save").click();
  await answers(page).getByText("Large.").waitFor();
  held.open();
  expect(await page.getByText("Which colour?", { exact: true }).count()).toBe(0);
});

it("versions from far back are looked for when asked, and what fails is told", async () => {
  const history = Array.from({ length: 240 }, (_, n) => ({
    role: n % 2 === 0 ? "user" : "assistant",
    content: `Said ${n}.`,
  }));
  const { visitor, models, id } = await asked("Three.", { history });
  const { page } = visitor;
  const listed = await visitor.api("GET", `/messages?taskId=${id}&limit=200`);
  const [, , oldest] = page200.parse(await listed.json()).items;
  models.script(answer("Anew."));
  await visitor.api("POST", `/tasks/${id}/messages/${oldest?.id}/edit`, { content: "From here." });
  await page.reload();
  await answers(page).getByText("Anew.").waitFor();
  await page.route("**/api/v1/messages?*", (route) => route.abort());
  await button(page, "Earlier versions").click();
  await page.getByRole("alert").getByText("did not answer").waitFor();
  await page.unroute("**/api/v1/messages?*");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await questions(page).getByText("2 / 2").waitFor();
  await button(page, "Previous version").click();
  await page.getByRole("region", { name: "What followed it then" }).getByText("Three.").waitFor();
});

it("a note is read by all and answered by nobody; the next answer's model is told it", async () => {
  const { visitor, models } = await asked("Three.");
  const { page } = visitor;
  await page.getByLabel("Message", { exact: true }).fill("It rains.");
  await button(page, "Note").click();
  await questions(page).filter({ hasText: "It rains." }).getByText("note ·").waitFor();
  models.script(answer("Take a coat."));
  await visitor.say("What now?");
  await answers(page).getByText("Take a coat.").waitFor();
  expect(models.requests).toHaveLength(2);
  expect(JSON.stringify(models.requests[1]?.body.messages)).toContain("It rains.");
});

it("who may only read by their token is offered no change at all", async () => {
  const { visitor, id } = await asked("Three.");
  const token = await new Server(inject("shared").production).token(visitor.userId, {
    scope: "read",
  });
  const reader = await come.open();
  await reader.page.goto(`${reader.url}/tasks/${id}#token=${token}`);
  await answers(reader.page).getByText("Three.").waitFor();
  const offered = await reader.page.locator(".message-actions button").allTextContents();
  expect(new Set(offered)).toEqual(new Set(["Copy"]));
});
